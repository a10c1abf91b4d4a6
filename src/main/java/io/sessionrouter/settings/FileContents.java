package io.sessionrouter.settings;

import io.sessionrouter.config.Keys;
import io.smallrye.config.NameIterator;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration files contain, not interpreted yet.
 *
 * @param files the values of each file, by their keys
 */
record FileContents(Map<Path, Map<String, String>> files) {
  private static final String ENDPOINTS = Keys.ROOT + ".endpoints.";
  private static final String EXPRESSION = "${";

  /**
   * Endpoints to whose keys all differences are confined.
   *
   * @return null if other keys differ, or if what differs may concern others
   */
  @Nullable Set<String> changedEndpoints(FileContents before) {
    if (!files.keySet().equals(before.files.keySet()) || hasExpressions()) {
      return null;
    }
    Set<String> endpoints = new TreeSet<>();
    for (Map.Entry<Path, Map<String, String>> file : files.entrySet()) {
      Map<String, String> old = Objects.requireNonNull(before.files.get(file.getKey()));
      for (String key : differing(file.getValue(), old)) {
        String endpoint = key.startsWith(ENDPOINTS) ? endpoint(key) : null;
        if (endpoint == null) {
          return null;
        }
        endpoints.add(endpoint);
      }
    }
    return endpoints;
  }

  /** A value may be that of another key, then. */
  private boolean hasExpressions() {
    return files.values().stream()
        .flatMap(file -> file.values().stream())
        .anyMatch(value -> value.contains(EXPRESSION));
  }

  private static Set<String> differing(Map<String, String> now, Map<String, String> before) {
    Set<String> keys = new HashSet<>();
    now.forEach(
        (key, value) -> {
          if (!value.equals(before.get(key))) {
            keys.add(key);
          }
        });
    before.keySet().stream().filter(key -> !now.containsKey(key)).forEach(keys::add);
    return keys;
  }

  /** All but the keys of other endpoints. */
  FileContents withEndpoints(Set<String> endpoints) {
    Map<Path, Map<String, String>> some = new LinkedHashMap<>();
    files.forEach(
        (file, values) -> {
          Map<String, String> kept = new LinkedHashMap<>();
          values.forEach(
              (key, value) -> {
                String endpoint = endpoint(key);
                if (endpoint == null || endpoints.contains(endpoint)) {
                  kept.put(key, value);
                }
              });
          some.put(file, kept);
        });
    return new FileContents(some);
  }

  /** Names of the endpoints that have keys here. */
  Set<String> endpoints() {
    Set<String> names = new HashSet<>();
    files.values().stream()
        .flatMap(file -> file.keySet().stream())
        .filter(key -> key.startsWith(ENDPOINTS))
        .map(FileContents::endpoint)
        .filter(Objects::nonNull)
        .forEach(names::add);
    return names;
  }

  /** Whose key it is, in whatever profile; null if it is no endpoint's. */
  static @Nullable String endpoint(String key) {
    String plain = key.startsWith("%") ? key.substring(key.indexOf('.') + 1) : key;
    return plain.startsWith(ENDPOINTS) && plain.length() > ENDPOINTS.length()
        ? new NameIterator(plain.substring(ENDPOINTS.length())).getNextSegment()
        : null;
  }
}
