package io.sessionrouter.settings;

import io.sessionrouter.config.HostUrl;
import io.sessionrouter.config.Keys;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.Unapplied;
import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What differs between two configurations, and what may be shown of one. */
final class Differences {
  private static final String ENDPOINTS = Keys.ROOT + ".endpoints";
  private static final Pattern SECRET =
      Pattern.compile(".*(password|secret|token|credential|private-key).*");
  private static final String HIDDEN = "***";

  private Differences() {}

  /** Names of endpoints that a new configuration adds, changes and retires. */
  record Endpoints(List<String> added, List<String> changed, List<String> retired) {

    boolean none() {
      return added.isEmpty() && changed.isEmpty() && retired.isEmpty();
    }

    @Override
    public String toString() {
      return "added=%s changed=%s retired=%s".formatted(added, changed, retired);
    }
  }

  static Endpoints endpoints(
      Map<String, EndpointSettings> before, Map<String, EndpointSettings> now) {
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (Map.Entry<String, EndpointSettings> one : new TreeMap<>(now).entrySet()) {
      EndpointSettings old = before.get(one.getKey());
      if (old == null) {
        added.add(one.getKey());
      } else if (!old.equals(one.getValue())) {
        changed.add(one.getKey());
      }
    }
    List<String> retired = before.keySet().stream().filter(n -> !now.containsKey(n)).toList();
    return new Endpoints(added, changed, retired.stream().sorted().toList());
  }

  /** Keys of which the running router has another value, and cannot take the new one. */
  static List<String> restartNeeded(SmallRyeConfig started, SmallRyeConfig now) {
    Set<String> keys = new TreeSet<>(written(started));
    keys.addAll(written(now));
    return keys.stream()
        .filter(key -> key.startsWith(Keys.ROOT + ".") || key.startsWith("quarkus."))
        .filter(key -> !key.equals(ENDPOINTS) && !key.startsWith(ENDPOINTS + "."))
        .filter(key -> !Objects.equals(value(started, key), value(now, key)))
        .toList();
  }

  /** The keys of the files; without those of other profiles. */
  private static Set<String> written(SmallRyeConfig config) {
    Set<String> keys = new TreeSet<>();
    config.getConfigSources().forEach(s -> ConfigurationFiles.keys(s).forEach(keys::add));
    return keys;
  }

  private static String value(SmallRyeConfig config, String key) {
    return String.valueOf(config.getConfigValue(key).getValue());
  }

  /** The router's own values, by key. */
  static Map<String, String> values(SmallRyeConfig config) {
    Map<String, String> values = new TreeMap<>();
    StreamSupport.stream(config.getPropertyNames().spliterator(), false)
        .filter(key -> key.startsWith(Keys.ROOT + "."))
        .forEach(key -> values.put(key, shown(key, value(config, key))));
    return values;
  }

  /** Values in force with those of some endpoints as a new configuration has them. */
  static Map<String, String> values(
      Map<String, String> before, Set<String> endpoints, SmallRyeConfig now) {
    Map<String, String> values = new TreeMap<>(before);
    values.keySet().removeIf(key -> isOf(FileContents.endpoint(key), endpoints));
    values.putAll(values(now));
    return values;
  }

  private static boolean isOf(@Nullable String endpoint, Set<String> some) {
    return endpoint != null && some.contains(endpoint);
  }

  /** What is not in force though the configuration is. */
  static List<String> notApplied(List<Unapplied> failures) {
    return failures.stream()
        .map(
            one ->
                "%s.%s: not in force for its %s (expected: all of it; the log says what failed)"
                    .formatted(
                        ENDPOINTS, one.endpoint(), one.room().name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static String shown(String key, String value) {
    return SECRET.matcher(key.toLowerCase(Locale.ROOT)).matches() ? HIDDEN : HostUrl.shown(value);
  }
}
