package io.sessionrouter.container.generation;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.generation.Completion.FinishReason;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.LongBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One prompt on its way through the model: first its tokens chunk by chunk, then the reply token by
 * token. Only the engine thread moves it; others wait for it or cancel it.
 */
public final class Turn {
  private final SequenceState state;
  private final ChatLayout layout;
  private final LongBuffer tokens;
  private final int promptTokens;
  private final int firstPast;
  private final int maxNewTokens;
  private final Sampler sampler;
  private final Reply reply;
  private final TokenSink sink;
  private final Runnable wake;
  private final CompletableFuture<Completion> result = new CompletableFuture<>();
  private volatile boolean cancelled;
  private int computed;

  Turn(SequenceState state, Prompt request, ChatLayout layout, Reply reply, Runnable wake) {
    this.state = state;
    this.layout = layout;
    this.tokens = new LongBuffer(state.followedBy(request.kept(), request.ids()));
    this.firstPast = Math.min(state.length(), Math.min(request.kept(), tokens.size() - 1));
    this.promptTokens = tokens.size();
    this.maxNewTokens = Math.min(request.maxNewTokens(), room(state, request));
    this.sampler = new Sampler(request.sampling(), tokens.from(firstPast));
    this.reply = reply;
    this.sink = request.sink();
    this.wake = wake;
    sink.onReady(wake);
  }

  private static int room(SequenceState state, Prompt request) {
    int all = request.kept() + request.ids().length;
    if (all == 0) {
      throw Fault.INVALID_REQUEST.because("the prompt has no tokens (expected: at least one)");
    }
    int room = state.roomAfter(all);
    if (room < Math.min(1, request.maxNewTokens())) {
      throw Fault.CONTEXT_TOO_LONG.because(
          "the prompt is %d tokens too long: it has %d with its marks, the session %d before"
              + " (expected: at most %d with room for a reply)",
          Math.min(1, request.maxNewTokens()) - room,
          request.ids().length,
          request.kept(),
          room + all + 1);
    }
    return room;
  }

  /** Waits for the end; fails as the turn failed. */
  public Completion await() throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(failed.getCause());
    }
  }

  /** Waits until it is over, however it ends; an interrupt does not shorten it. */
  public void awaitEnd() {
    result.handle((completion, failure) -> true).join();
  }

  /** Whether it goes on from this state. */
  boolean uses(SequenceState other) {
    return state == other;
  }

  /** Asks to stop; no step after the one under way computes for it. */
  public void cancel() {
    cancelled = true;
    wake.run();
  }

  boolean cancelled() {
    return cancelled || sink.closed();
  }

  /** Whether the next step can do something for it: not while its reader is behind. */
  boolean ready() {
    return promptLeft() > 0 || cancelled() || sink.ready();
  }

  /** Whether it is over, one way or the other. */
  boolean done() {
    return result.isDone();
  }

  /** How many prompt tokens are still to be computed; 0 once the reply has begun. */
  int promptLeft() {
    return Math.max(0, promptTokens - firstPast - computed);
  }

  /** The next tokens to compute: so many of the prompt, or the newest token of the reply. */
  Chunk next(int newTokens) {
    int past = firstPast + computed;
    int until = promptLeft() == 0 ? tokens.size() : past + newTokens;
    state.rewind(firstPast);
    return new Chunk(state.cacheFor(until), past, tokens.range(past, until));
  }

  /** The chunk was computed; takes the next token of the reply if the prompt is through. */
  void advance(Chunk chunk, Logits logits, int row) {
    computed += chunk.ids().length;
    if (promptLeft() > 0) {
      return;
    }
    if (maxNewTokens == 0) {
      finish(completion(FinishReason.LENGTH), layout.end());
    } else {
      take(sampler.choose(logits, row, sink.wantsLogprobs()));
    }
  }

  private void take(Choice choice) {
    if (layout.ends(choice.id())) {
      end(choice, reply.finish(), true, FinishReason.STOP);
      return;
    }
    tokens.add(choice.id());
    String text = reply.append(choice.id());
    if (reply.stopped()) {
      end(choice, text, false, FinishReason.STOP_TEXT);
    } else if (generated() == maxNewTokens) {
      end(choice, text + reply.finish(), false, FinishReason.LENGTH);
    } else {
      sink.accept(new Token(choice.id(), text, choice.logprob(), false, null));
    }
  }

  private void end(Choice choice, String text, boolean special, FinishReason reason) {
    Completion completion = completion(reason);
    sink.accept(new Token(choice.id(), text, choice.logprob(), special, completion));
    finish(completion, special ? choice.id() : layout.end());
  }

  private int generated() {
    return tokens.size() - promptTokens;
  }

  private Completion completion(FinishReason reason) {
    return new Completion(promptTokens, firstPast, generated(), reason);
  }

  private void finish(Completion completion, long end) {
    commit(end);
    result.complete(completion);
  }

  /** The context is the prompt and the reply, whose end and newest token are not computed yet. */
  private void commit(long end) {
    tokens.add(end);
    state.commit(firstPast + computed, tokens.toArray());
  }

  /**
   * Ends it before its time. The state is as it was before it, unless somebody has seen a part of
   * the reply: then that much was said, and the context has it like a reply that was cut short.
   */
  void fail(Throwable cause) {
    if (generated() > 0 && !done() && !sink.withdraw()) {
      commit(layout.end());
    }
    result.completeExceptionally(cause);
  }

  void failCancelled() {
    fail(Fault.CANCELLED.because("the request was cancelled"));
  }
}
