package io.sessionrouter.container.host;

import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.ChatMessage;
import io.sessionrouter.container.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lays out what a request has to read in a model's tokens, so that as little as possible of it is
 * computed again.
 */
final class Questions {
  private final StepLoop loop;
  private final Tokenizer tokenizer;
  private final ChatLayout layout;

  Questions(StepLoop loop, Tokenizer tokenizer, ChatLayout layout) {
    this.loop = loop;
    this.tokenizer = tokenizer;
    this.layout = layout;
  }

  Question ask(SequenceState state, Input input) {
    return switch (input) {
      case Input.Turn(String text) ->
          appended(state, layout.turn(tokenizer.encode(text), isNew(state)), List.of());
      case Input.Text(String text) -> whole(state, layout.plain(tokenizer.encode(text)), List.of());
      case Input.Chat chat -> chat(state, chat);
    };
  }

  private Question chat(SequenceState state, Input.Chat chat) {
    List<ChatMessage> messages = chat.messages();
    List<ChatMessage> held = state.messages();
    if (chat.appended()) {
      boolean allKnown = isNew(state) || !held.isEmpty();
      List<ChatMessage> all = Stream.concat(held.stream(), messages.stream()).toList();
      return appended(state, conversation(messages, isNew(state)), allKnown ? all : List.of());
    }
    if (!held.isEmpty() && goesOn(messages, held)) {
      // The tokens of a reply need not be those that its text has when it is read.
      List<ChatMessage> fresh = messages.subList(held.size(), messages.size());
      return appended(state, conversation(fresh, false), messages);
    }
    return whole(state, conversation(messages, true), messages);
  }

  private static boolean goesOn(List<ChatMessage> messages, List<ChatMessage> held) {
    return messages.size() > held.size() && messages.subList(0, held.size()).equals(held);
  }

  private static boolean isNew(SequenceState state) {
    return state.contextTokens() == 0;
  }

  private long[] conversation(List<ChatMessage> messages, boolean first) {
    return layout.conversation(messages, first, tokenizer);
  }

  private Question appended(SequenceState state, long[] ids, List<ChatMessage> messages) {
    return new Question(loop, state, state.contextTokens(), ids, messages);
  }

  private Question whole(SequenceState state, long[] ids, List<ChatMessage> messages) {
    int kept = state.sharedWith(ids);
    return new Question(loop, state, kept, Arrays.copyOfRange(ids, kept, ids.length), messages);
  }
}
