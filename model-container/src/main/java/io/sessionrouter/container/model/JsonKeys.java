package io.sessionrouter.container.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A JSON object read key by key, where every complaint names the key and what was expected. */
final class JsonKeys {
  private final JsonNode node;
  private final String path;

  JsonKeys(JsonNode node, String path) {
    this.node = node;
    this.path = path;
    if (!node.isObject()) {
      throw new ManifestException("model.json: %s (expected: an object)".formatted(here()));
    }
  }

  void allowOnly(Set<String> known) {
    var unknown = new TreeSet<String>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new ManifestException(
          "model.json: unknown key %s (expected: %s)"
              .formatted(name(unknown.first()), new TreeSet<>(known)));
    }
  }

  JsonKeys object(String key) {
    return new JsonKeys(node.path(key), name(key));
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  int integer(String key, int least, int most) {
    JsonNode value = node.path(key);
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw bad(key, "an integer from %d to %d".formatted(least, most));
    }
    return value.intValue();
  }

  String text(String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw bad(key, "a text");
    }
    return value.textValue();
  }

  <E extends Enum<E>> E choice(String key, E[] values, Function<E, String> label) {
    String given = node.path(key).asText();
    return Arrays.stream(values)
        .filter(value -> label.apply(value).equals(given))
        .findFirst()
        .orElseThrow(
            () -> bad(key, Arrays.stream(values).map(label).collect(Collectors.joining(" or "))));
  }

  List<Long> ids(String key, int vocabSize) {
    return items(key).stream()
        .map(
            item -> {
              if (!item.isInt() || item.intValue() < 0 || item.intValue() >= vocabSize) {
                throw bad(key, "a list of token ids from 0 to %d".formatted(vocabSize - 1));
              }
              return item.longValue();
            })
        .toList();
  }

  List<String> texts(String key) {
    return items(key).stream()
        .map(
            item -> {
              if (!item.isTextual()) {
                throw bad(key, "a list of texts");
              }
              return item.textValue();
            })
        .toList();
  }

  ManifestException bad(String key, String expected) {
    JsonNode value = node.path(key);
    String given = value.isMissingNode() ? "is missing" : "is " + shortened(value.toString());
    return new ManifestException(
        "model.json: %s %s (expected: %s)".formatted(name(key), given, expected));
  }

  private List<JsonNode> items(String key) {
    JsonNode value = node.path(key);
    if (!value.isArray()) {
      throw bad(key, "a list");
    }
    return StreamSupport.stream(value.spliterator(), false).toList();
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String here() {
    return path.isEmpty() ? "the file" : path;
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
