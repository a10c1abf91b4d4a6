package io.sessionrouter.ops;

import io.smallrye.mutiny.subscription.MultiEmitter;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Somebody who watches a {@link ConsoleFeed}, at the pace of their connection. */
final class ConsoleClient {
  /** Who reads nothing for longer is disconnected. */
  static final Duration MAX_SILENCE = Duration.ofSeconds(30);

  private final MultiEmitter<? super String> emitter;
  private final Runnable hangUp;
  private final LongSupplier nanos;
  private volatile long readAt;
  private long sent;
  private boolean began;

  /**
   * @param emitter keeps only the newest of what cannot be sent yet
   * @param hangUp cuts the connection
   */
  ConsoleClient(MultiEmitter<? super String> emitter, Runnable hangUp, LongSupplier nanos) {
    this.emitter = emitter;
    this.hangUp = hangUp;
    this.nanos = nanos;
    this.readAt = nanos.getAsLong();
  }

  void onEnd(Runnable action) {
    emitter.onTermination(action);
  }

  /**
   * Sends the snapshot as soon as they can read it, unless there is something newer by then. So who
   * does not read now gets the whole, and who has read nothing yet gets what came before, too.
   */
  synchronized void send(SnapshotText news) {
    if (news.number() <= sent) {
      return;
    }
    long now = nanos.getAsLong();
    boolean reads = emitter.requested() > 0;
    if (reads) {
      readAt = now;
    }
    if (now - readAt > MAX_SILENCE.toNanos()) {
      hangUp.run();
    } else {
      emitter.emit(text(news, reads));
      sent = news.number();
      began |= reads;
    }
  }

  private String text(SnapshotText news, boolean reads) {
    if (!began) {
      return news.beginning();
    }
    return reads && sent == news.number() - 1 ? news.changes() : news.whole();
  }

  /** Sends the end; who does not read is cut off. */
  void end() {
    boolean reads = emitter.requested() > 0;
    emitter.complete();
    if (!reads) {
      hangUp.run();
    }
  }
}
