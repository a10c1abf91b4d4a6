package io.sessionrouter.container.host;

import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.Prompt;
import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.generation.Turn;
import java.util.List;

/** A text in the model's tokens, to be answered from what a conversation's state remembers. */
public final class Question {
  private final StepLoop loop;
  private final SequenceState state;
  private final long[] ids;

  Question(StepLoop loop, SequenceState state, long[] ids) {
    this.loop = loop;
    this.state = state;
    this.ids = ids;
  }

  /** All tokens of the context before the reply. */
  public int promptTokens() {
    return state.contextTokens() + ids.length;
  }

  /** Those of them that need not be computed again. */
  public int cachedTokens() {
    return state.length();
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
    Turn turn = loop.submit(state, new Prompt(ids, maxNewTokens, sampling, stop, sink));
    try {
      return turn.await();
    } catch (InterruptedException cancelled) {
      turn.cancel();
      turn.awaitEnd();
      throw cancelled;
    }
  }
}
