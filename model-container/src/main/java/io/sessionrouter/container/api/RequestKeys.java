package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A JSON object of a request, where every complaint names the key and what was expected. */
final class RequestKeys {
  private static final int SHOWN = 40;

  private final JsonNode node;
  private final String prefix;

  RequestKeys(JsonNode node, String prefix) {
    this.node = node;
    this.prefix = prefix;
    if (!node.isObject()) {
      throw Fault.INVALID_REQUEST.because(
          "%s is %s (expected: an object)",
          prefix.isEmpty() ? "the body" : prefix.substring(0, prefix.length() - 1), kind(node));
    }
  }

  JsonNode get(String key) {
    return node.path(key);
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  void allowOnly(Set<String> known) {
    List<String> unknown = unknown(known);
    if (!unknown.isEmpty()) {
      String first = shortened(unknown.getFirst());
      throw Fault.INVALID_REQUEST
          .because(
              "%s%s is unknown (expected: %s)",
              prefix, first, String.join(", ", new TreeSet<>(known)))
          .about(prefix + first);
    }
  }

  /** The keys that are none of these, in order. */
  List<String> unknown(Set<String> known) {
    var given = new TreeSet<String>();
    node.fieldNames().forEachRemaining(given::add);
    given.removeAll(known);
    return List.copyOf(given);
  }

  /** A text, empty if the key is missing. */
  String text(String key) {
    if (!has(key)) {
      return "";
    }
    JsonNode value = get(key);
    if (!value.isTextual() || !wellFormed(value.textValue())) {
      throw bad(key, "a text");
    }
    return value.textValue();
  }

  /** True or false, nothing if the key is missing. */
  Optional<Boolean> flag(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!get(key).isBoolean()) {
      throw bad(key, "true or false");
    }
    return Optional.of(get(key).booleanValue());
  }

  double number(String key, double fallback, double least, double most) {
    if (!has(key)) {
      return fallback;
    }
    JsonNode value = get(key);
    double number = value.doubleValue();
    if (!value.isNumber() || !(number >= least && number <= most)) {
      throw bad(key, "a number from %s to %s".formatted(shown(least), shown(most)));
    }
    return number;
  }

  long integer(String key, long fallback, long least, long most) {
    if (!has(key)) {
      return fallback;
    }
    JsonNode value = get(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw bad(key, "an integer from %d to %d".formatted(least, most));
    }
    return value.longValue();
  }

  FaultException bad(String key, String expected) {
    return Fault.INVALID_REQUEST
        .because("%s%s is %s (expected: %s)", prefix, key, kind(get(key)), expected)
        .about(prefix + key);
  }

  /** Half a surrogate pair is no character and has no UTF-8 form. */
  static boolean wellFormed(String text) {
    return text.codePoints().noneMatch(each -> Character.getType(each) == Character.SURROGATE);
  }

  private static String shown(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }

  /** Numbers and short names are shown as they came; texts are not, they may be private. */
  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case MISSING, NULL -> "missing";
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "a text that does not fit";
      default -> shortened(value.asText());
    };
  }

  static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
