package io.sessionrouter.auth;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sessionrouter.config.Problems;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An object of a JSON document, read key by key: what is missing, of another kind or unknown is
 * noted, and nothing is shown of a value that may be a secret.
 */
final class StrictJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode object;
  private final String path;
  private final Problems problems;
  private final Set<String> read = new HashSet<>();

  private StrictJson(JsonNode object, String path, Problems problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
  }

  /** A document; an empty one in place of what cannot be read, which is noted. */
  static StrictJson document(String text, Problems problems) {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JacksonException e) {
      problems.add(
          "line %d, column %d: (expected: JSON without duplicate keys)"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
      return new StrictJson(MAPPER.createObjectNode(), "", new Problems());
    }
    problems.expect(node.isObject(), "the file", kind(node), "a JSON object");
    return new StrictJson(node, "", node.isObject() ? problems : new Problems());
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private @Nullable JsonNode value(String key, boolean required) {
    read.add(key);
    JsonNode value = object.get(key);
    problems.expect(!required || value != null, path(key), "missing", "a value");
    return value;
  }

  /** A text that must be there; an empty one in place of what is not, which is noted. */
  String text(String key, Predicate<String> valid, String expected) {
    JsonNode value = value(key, true);
    return value == null ? "" : text(path(key), value, valid, expected);
  }

  /** A text that may be missing. */
  @Nullable String optionalText(String key, Predicate<String> valid, String expected) {
    JsonNode value = value(key, false);
    return value == null ? null : text(path(key), value, valid, expected);
  }

  private String text(String at, JsonNode value, Predicate<String> valid, String expected) {
    boolean fine = value.isTextual() && valid.test(value.textValue());
    problems.expect(fine, at, kind(value), expected);
    return fine ? value.textValue() : "";
  }

  /** A moment that may be missing. */
  @Nullable Instant optionalInstant(String key) {
    JsonNode value = value(key, false);
    if (value == null) {
      return null;
    }
    try {
      return Instant.parse(value.isTextual() ? value.textValue() : "");
    } catch (DateTimeException e) {
      problems.expect(false, path(key), shown(value), "a moment such as 2027-01-31T00:00:00Z");
      return null;
    }
  }

  /** A number more than zero that may be missing. */
  @Nullable Double optionalNumber(String key) {
    JsonNode value = value(key, false);
    if (value == null) {
      return null;
    }
    boolean fine = value.isNumber() && value.doubleValue() > 0;
    problems.expect(fine, path(key), shown(value), "a number more than 0");
    return fine ? value.doubleValue() : null;
  }

  /** A whole number more than zero that may be missing. */
  @Nullable Long optionalCount(String key, long most) {
    JsonNode value = value(key, false);
    if (value == null) {
      return null;
    }
    boolean whole = value.isIntegralNumber() && value.canConvertToLong();
    boolean fine = whole && value.longValue() > 0 && value.longValue() <= most;
    problems.expect(fine, path(key), shown(value), "a whole number from 1 to " + most);
    return fine ? value.longValue() : null;
  }

  /** The texts of a list. */
  List<String> texts(String key, boolean required, Predicate<String> valid, String expected) {
    List<String> texts = new ArrayList<>();
    int index = 0;
    for (JsonNode each : list(key, required)) {
      String text = text(path(key) + "[" + index++ + "]", each, valid, expected);
      if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** The objects of a list; none if it is missing. */
  List<StrictJson> objects(String key, boolean required) {
    List<StrictJson> objects = new ArrayList<>();
    int index = 0;
    for (JsonNode each : list(key, required)) {
      String at = path(key) + "[" + index++ + "]";
      problems.expect(each.isObject(), at, kind(each), "an object");
      if (each.isObject()) {
        objects.add(new StrictJson(each, at, problems));
      }
    }
    return objects;
  }

  private Iterable<JsonNode> list(String key, boolean required) {
    JsonNode value = value(key, required);
    if (value == null) {
      return List.of();
    }
    problems.expect(value.isArray(), path(key), kind(value), "a list");
    return value.isArray() ? value : List.of();
  }

  /** Notes what nobody asked for. */
  void requireNothingElse() {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      problems.expect(
          read.contains(name),
          path(name),
          "no such key",
          "one of " + String.join(", ", read.stream().sorted().toList()));
    }
  }

  /** Of a value that is no secret. */
  private static String shown(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  /** Of any value. */
  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> value.textValue().isEmpty() ? "an empty text" : "another text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      default -> "nothing";
    };
  }
}
