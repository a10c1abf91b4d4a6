package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Token;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A streamed reply: tokens go from the engine thread to the event loop and out at once, one write
 * each, at the pace of the client.
 *
 * <p>When the connection's buffer is full the turn pauses; so what one slow reader costs is bounded
 * in memory, and by the stall timeout in time. The head goes out with the first token. Until then
 * the reply can be taken back, and an error has an answer of its own.
 */
final class TokenStream implements TokenSink {
  /** Tokens on the way between the two threads; only a busy event loop lets it come to that. */
  private static final int MOST_ON_THE_WAY = 16;

  private final Target target;
  private final ReplyText text;
  private final Events events;
  private final Context loop;
  private final Duration stallTimeout;
  private final ContainerMetrics metrics;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.UNSEEN);
  private final AtomicInteger onTheWay = new AtomicInteger();
  private final CompletableFuture<Void> delivered = new CompletableFuture<>();
  private volatile Runnable wake = () -> {};
  private volatile boolean full;
  private volatile boolean closed;
  private volatile boolean complete;
  private long stallTimer = -1;

  /** How much of it the client may have seen. */
  private enum Phase {
    UNSEEN,
    BEGUN,
    WITHDRAWN
  }

  /**
   * What is streamed to whom.
   *
   * @param response the way to the client
   * @param format how tokens are written
   * @param headers headers besides those that every answer has
   */
  record Target(Response response, TokenFormat format, Map<String, String> headers) {}

  /** Who wants to know how it goes; notified on the event loop. */
  interface Events {
    /** The head is being sent. */
    void begun();

    /** The client has not read for too long. */
    void stalled();
  }

  TokenStream(
      Target target,
      ReplyText text,
      Events events,
      Context loop,
      Duration stallTimeout,
      ContainerMetrics metrics) {
    this.target = target;
    this.text = text;
    this.events = events;
    this.loop = loop;
    this.stallTimeout = stallTimeout;
    this.metrics = metrics;
  }

  @Override
  public void accept(Token token) {
    if (closed) {
      metrics.discardedToken();
    }
    text.accept(token);
    complete = token.end() != null;
    onTheWay.incrementAndGet();
    loop.runOnContext(now -> write(token));
  }

  @Override
  public boolean wantsLogprobs() {
    return target.format().hasLogprobs();
  }

  @Override
  public boolean ready() {
    return !full && onTheWay.get() < MOST_ON_THE_WAY;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public void onReady(Runnable newWake) {
    wake = newWake;
  }

  /** Whoever is first decides: once this was true no head goes out, once it was false one did. */
  @Override
  public boolean withdraw() {
    phase.compareAndSet(Phase.UNSEEN, Phase.WITHDRAWN);
    return phase.get() == Phase.WITHDRAWN;
  }

  /** Whether the client may have seen a part of it. */
  boolean begun() {
    return phase.get() == Phase.BEGUN;
  }

  /** Waits until a complete reply has left for the client, or the client is gone. */
  void awaitDelivery() throws InterruptedException {
    try {
      if (complete) {
        delivered.get();
      }
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Nobody reads any more: the turn ends, and what is on the way is dropped. Event loop only. */
  void close() {
    closed = true;
    stopStallTimer();
    delivered.complete(null);
    wake.run();
  }

  /** Ends a stream that has begun with an error. Event loop only. */
  void fail(FaultException failure) {
    closed = true;
    end(target.format().error(failure));
    wake.run();
  }

  private void write(Token token) {
    boolean wasReady = ready();
    onTheWay.decrementAndGet();
    if (!closed && begin()) {
      Buffer piece = target.format().token(token, text);
      if (token.end() == null) {
        target.response().write(piece);
        pauseIfFull();
      } else {
        end(piece);
      }
    }
    if (!wasReady && ready()) {
      wake.run();
    }
  }

  private boolean begin() {
    if (phase.compareAndSet(Phase.UNSEEN, Phase.BEGUN)) {
      target.response().begin(target.format().contentType(), target.headers(), this::drained);
      events.begun();
    }
    return begun();
  }

  private void pauseIfFull() {
    if (!full && target.response().full()) {
      full = true;
      startStallTimer();
    }
  }

  private void drained() {
    if (full) {
      full = false;
      stopStallTimer();
      wake.run();
    }
  }

  private void end(Buffer piece) {
    startStallTimer();
    target.response().end(piece).onComplete(sent -> ended());
  }

  private void ended() {
    stopStallTimer();
    delivered.complete(null);
  }

  private void startStallTimer() {
    stopStallTimer();
    stallTimer = loop.owner().setTimer(stallTimeout.toMillis(), now -> events.stalled());
  }

  private void stopStallTimer() {
    loop.owner().cancelTimer(stallTimer);
  }
}
