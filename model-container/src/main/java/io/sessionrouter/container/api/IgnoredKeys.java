package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keys of a request that nobody here knows, and that were ignored.
 *
 * @param names as they came, in order; at most {@link #LONGEST} characters of each
 */
record IgnoredKeys(List<String> names) {
  static final IgnoredKeys NONE = new IgnoredKeys(List.of());
  private static final int LONGEST = 64;
  private static final int MOST_REPORTED = 5;

  static IgnoredKeys of(List<String> outside, List<String> inParameters) {
    if (outside.isEmpty() && inParameters.isEmpty()) {
      return NONE;
    }
    Stream<String> inside = inParameters.stream().map(key -> "parameters." + key);
    return new IgnoredKeys(
        Stream.concat(outside.stream(), inside).map(IgnoredKeys::shortened).toList());
  }

  /** Without half a surrogate pair at its end, which has no UTF-8 form. */
  private static String shortened(String name) {
    if (name.length() <= LONGEST) {
      return name;
    }
    int end = Character.isHighSurrogate(name.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return name.substring(0, end);
  }

  /** Says which, as {@code ignored}; nothing if there are none. */
  void tellIn(ObjectNode usage) {
    if (!names.isEmpty()) {
      ArrayNode ignored = usage.putArray("ignored");
      names.stream().limit(MOST_REPORTED).forEach(ignored::add);
    }
  }
}
