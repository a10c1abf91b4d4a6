package io.sessionrouter.endpoint;

import io.sessionrouter.config.Problems;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of endpoints and of variants, which follow the same rule. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9](-*[a-zA-Z0-9])*");
  private static final int MAX_NAME = 63;

  private Names() {}

  /** The map key of {@code endpoints."".…} is null. */
  static String nonNull(@Nullable String name) {
    return name == null ? "" : name;
  }

  /** Notes a name that does not fit into paths and headers. */
  static void check(Problems problems, String key, String name) {
    problems.expect(
        name.length() <= MAX_NAME && NAME.matcher(name).matches(),
        key,
        name,
        "a name of letters, digits and inner dashes, at most " + MAX_NAME + " characters");
  }
}
