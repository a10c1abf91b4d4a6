package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.text.ChatMessage;
import io.sessionrouter.container.text.ChatMessage.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Reads the messages of a chat request. */
final class MessagesReader {
  private static final String KEY = "messages";
  private static final String TEXT = "a text, or a list of parts of type text";

  private MessagesReader() {}

  static List<ChatMessage> read(RequestKeys body) {
    JsonNode list = body.get(KEY);
    if (!list.isArray() || list.isEmpty()) {
      throw body.bad(KEY, "a list of at least one message");
    }
    var messages = new ArrayList<ChatMessage>(list.size());
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(new RequestKeys(list.get(i), KEY + "[" + i + "].")));
    }
    return messages;
  }

  private static ChatMessage message(RequestKeys message) {
    if (message.has("tool_calls") || message.has("function_call")) {
      throw message.bad(
          message.has("tool_calls") ? "tool_calls" : "function_call",
          "none, since tools do not work here");
    }
    Role role = role(message);
    return new ChatMessage(role, content(message, role));
  }

  private static Role role(RequestKeys message) {
    return switch (message.get("role").asText()) {
      case "system", "developer" -> Role.SYSTEM;
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      default -> throw message.bad("role", "system, developer, user or assistant");
    };
  }

  private static String content(RequestKeys message, Role role) {
    JsonNode content = message.get("content");
    if (content.isTextual()) {
      return message.text("content");
    }
    if (content.isArray()) {
      return parts(message, content);
    }
    if (role == Role.ASSISTANT && !message.has("content")) {
      return "";
    }
    throw badContent(message);
  }

  private static String parts(RequestKeys message, JsonNode parts) {
    var text = new StringJoiner("\n");
    for (JsonNode part : parts) {
      JsonNode said = part.path("text");
      if (!part.path("type").asText().equals("text")
          || !said.isTextual()
          || !RequestKeys.wellFormed(said.textValue())) {
        throw badContent(message);
      }
      text.add(said.textValue());
    }
    return text.toString();
  }

  private static FaultException badContent(RequestKeys message) {
    return message.bad("content", TEXT);
  }
}
