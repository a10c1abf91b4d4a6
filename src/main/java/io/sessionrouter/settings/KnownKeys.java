package io.sessionrouter.settings;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.NameIterator;
import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of all mappings, and which of them somebody may have meant.
 *
 * <p>Environment variables are not looked at: see {@link EnvironmentCheck}.
 */
final class KnownKeys {
  /** Made when first used: the mappings' keys never change. */
  static final KnownKeys ALL = new KnownKeys();

  private static final String ANY = "*";
  private static final Pattern INDEX = Pattern.compile("\\[\\d+]$");

  /** Keys differ in more than this share of their letters if one was not meant by the other. */
  private static final double LIKE = 0.4;

  private final List<List<String>> patterns;

  private KnownKeys() {
    patterns =
        Mappings.ALL.stream()
            .flatMap(m -> ConfigClass.configClass(m, Keys.ROOT).getProperties().keySet().stream())
            .map(KnownKeys::segments)
            .toList();
  }

  /** Notes the keys that begin as the router's do, and are none. */
  void check(SmallRyeConfig config, Problems problems) {
    for (String key : config.getPropertyNames()) {
      if (key.startsWith(Keys.ROOT + ".") && !has(key)) {
        String meant = nearest(key);
        problems.expect(
            false,
            key,
            "no such key, in " + ConfigurationFiles.place(config.getConfigValue(key)),
            (meant == null ? "a " : meant + ", or another ") + "key of docs/configuration.md");
      }
    }
  }

  boolean has(String key) {
    List<String> segments = segments(INDEX.matcher(key).replaceAll("[*]"));
    return patterns.stream().anyMatch(pattern -> matches(pattern, segments));
  }

  private static boolean matches(List<String> pattern, List<String> key) {
    if (pattern.size() != key.size()) {
      return false;
    }
    for (int i = pattern.size() - 1; i >= 0; i--) {
      if (!pattern.get(i).equals(ANY) && !pattern.get(i).equals(key.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The key that is written almost like that one; null if there is none. */
  @Nullable String nearest(String key) {
    List<String> segments = segments(key);
    String best = null;
    int least = (int) ((key.length() - Keys.ROOT.length() - 1) * LIKE) + 1;
    for (List<String> pattern : patterns) {
      String candidate = filled(pattern, segments);
      int distance = distance(candidate, key);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** The pattern with the key's own names of endpoints and variants in it. */
  private static String filled(List<String> pattern, List<String> key) {
    List<String> filled = new ArrayList<>(pattern);
    for (int i = 0; i < Math.min(pattern.size(), key.size()); i++) {
      if (pattern.get(i).equals(ANY)) {
        filled.set(i, key.get(i));
      }
    }
    return String.join(".", filled);
  }

  /** How many letters are to be added, left out or exchanged (Levenshtein). */
  static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int exchanged = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(exchanged, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }

  private static List<String> segments(String key) {
    List<String> segments = new ArrayList<>();
    for (NameIterator names = new NameIterator(key); names.hasNext(); names.next()) {
      segments.add(names.getNextSegment());
    }
    return segments;
  }
}
