package io.sessionrouter.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Actions that a principal may do, on endpoints of such names.
 *
 * @param actions patterns of their labels
 * @param endpoints patterns of their names
 */
record Grant(List<NamePattern> actions, List<NamePattern> endpoints) {
  static final Grant EVERYTHING =
      new Grant(List.of(new NamePattern("*")), List.of(new NamePattern("*")));

  Grant {
    actions = List.copyOf(actions);
    endpoints = List.copyOf(endpoints);
  }

  /**
   * @param endpoint null for what concerns them all
   */
  boolean allows(String action, @Nullable String endpoint) {
    return matches(actions, action)
        && (endpoint == null
            ? endpoints.stream().anyMatch(NamePattern::matchesAll)
            : matches(endpoints, endpoint));
  }

  private static boolean matches(List<NamePattern> patterns, String name) {
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).matches(name)) {
        return true;
      }
    }
    return false;
  }
}
