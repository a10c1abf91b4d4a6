package io.sessionrouter.upstream;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connects of one event loop to one instance, first tries and further ones alike: so many are
 * under way at a time, the rest wait for their turn. A burst must not overrun the instance's
 * backlog, whose kernel drops what does not fit, and further tries must not multiply it.
 */
final class ConnectQueue {
  static final int AT_ONCE = 64;

  private final Consumer<Connect> begin;
  private final ArrayDeque<Connect> waiting = new ArrayDeque<>();
  private int underWay;

  ConnectQueue(Consumer<Connect> begin) {
    this.begin = begin;
  }

  void add(Connect connect) {
    if (underWay < AT_ONCE) {
      underWay++;
      begin.accept(connect);
    } else {
      waiting.add(connect);
    }
  }

  /** One that was begun has ended, well or not. */
  void ended() {
    underWay--;
    Connect next = poll();
    if (next != null) {
      underWay++;
      begin.accept(next);
    }
  }

  /** The next whose turn it is, and who waits no longer here; null if there is none. */
  @Nullable Connect poll() {
    Connect next = waiting.poll();
    while (next != null && !next.handler().wanted()) {
      next = waiting.poll();
    }
    return next;
  }

  /** Nobody's turn comes any more. */
  void close() {
    Connect next = waiting.poll();
    while (next != null) {
      next.handler().onUnreachable(ConnectFailure.NO_WAY);
      next = waiting.poll();
    }
  }

  /** Ends the wait of those whose turn did not come in time. */
  void expire(long now) {
    Connect oldest = waiting.peek();
    while (oldest != null && (!oldest.handler().wanted() || now - oldest.deadline() >= 0)) {
      waiting.poll();
      oldest.handler().onUnreachable(ConnectFailure.TIMED_OUT);
      oldest = waiting.peek();
    }
  }
}
