package io.sessionrouter.container.host;

import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.Completion.FinishReason;
import io.sessionrouter.container.generation.Prompt;
import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.generation.Turn;
import io.sessionrouter.container.text.ChatMessage;
import io.sessionrouter.container.text.ChatMessage.Role;
import java.util.List;
import java.util.stream.Stream;

/** A text in the model's tokens, to be answered from what a conversation's state remembers. */
public final class Question {
  private final StepLoop loop;
  private final SequenceState state;
  private final int kept;
  private final long[] ids;
  private final List<ChatMessage> messages;

  /**
   * @param kept how many tokens of the state's context stay
   * @param ids what follows them
   * @param messages what both together consist of; empty if it is not known
   */
  Question(StepLoop loop, SequenceState state, int kept, long[] ids, List<ChatMessage> messages) {
    this.loop = loop;
    this.state = state;
    this.kept = kept;
    this.ids = ids;
    this.messages = messages;
  }

  /** All tokens of the context before the reply. */
  public int promptTokens() {
    return kept + ids.length;
  }

  /** Those of them that need not be computed again: never all, since the last brings the reply. */
  public int cachedTokens() {
    return Math.min(state.length(), Math.min(kept, promptTokens() - 1));
  }

  /**
   * Waits for the reply. An interrupt stops the turn, and the state is free again when this
   * returns.
   *
   * @param maxNewTokens how many tokens to generate at most; 0 only computes the prompt
   * @param stop texts that end the reply
   */
  public Completion reply(int maxNewTokens, Sampling sampling, List<String> stop, TokenSink sink)
      throws InterruptedException {
    Turn turn = loop.submit(state, new Prompt(kept, ids, maxNewTokens, sampling, stop, sink));
    try {
      return turn.await();
    } catch (InterruptedException cancelled) {
      turn.cancel();
      turn.awaitEnd();
      throw cancelled;
    }
  }

  /**
   * The reply was given: messages that repeat the conversation with it need not be read again.
   * After a stop text the context has more than the reply shows.
   */
  public void remember(String reply, Completion completion) {
    if (!messages.isEmpty() && completion.finishReason() != FinishReason.STOP_TEXT) {
      var replied = new ChatMessage(Role.ASSISTANT, reply);
      state.consistsOf(Stream.concat(messages.stream(), Stream.of(replied)).toList());
    }
  }
}
