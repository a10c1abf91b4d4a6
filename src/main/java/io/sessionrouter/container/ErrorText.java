package io.sessionrouter.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** The message of an error body, in any of the usual JSON shapes, or the body itself. */
final class ErrorText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> KEYS = List.of("message", "Message", "detail", "error");
  private static final int MAX_LENGTH = 1024;

  private ErrorText() {}

  static String of(Buffer body) {
    String text = message(body.toString());
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
  }

  private static String message(String body) {
    try {
      JsonNode json = JSON.readTree(body);
      return message(json.path("error").isObject() ? json.path("error") : json, body);
    } catch (JsonProcessingException notJson) {
      return body;
    }
  }

  private static String message(JsonNode error, String otherwise) {
    for (String key : KEYS) {
      if (error.path(key).isTextual()) {
        return error.path(key).asText();
      }
    }
    return otherwise;
  }
}
