package io.sessionrouter.container.host;

import io.sessionrouter.container.text.ChatMessage;
import java.util.List;

/** What a request has for the model to read. */
public sealed interface Input {
  /**
   * The user's next turn in a conversation.
   *
   * @param text of the turn
   */
  record Turn(String text) implements Input {}

  /**
   * Messages of a conversation.
   *
   * @param messages one after the other, at least one
   * @param appended whether they follow those that are there already; else they are all there are
   */
  record Chat(List<ChatMessage> messages, boolean appended) implements Input {}

  /**
   * A text to go on with, all of it, without the marks of a conversation.
   *
   * @param text not empty
   */
  record Text(String text) implements Input {}

  /** Whether there is nothing to read. */
  default boolean isEmpty() {
    return switch (this) {
      case Turn(String text) -> text.isEmpty();
      case Text(String text) -> text.isEmpty();
      case Chat chat -> chat.messages().isEmpty();
    };
  }
}
