package io.sessionrouter.fleet;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether requests wait for an instance's answer, and since when none of them got one: an instance
 * that is frozen shows here before it misses a check.
 */
final class AwaitedAnswers {
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile long since;

  void began() {
    if (waiting.getAndIncrement() == 0) {
      since = System.currentTimeMillis();
    }
  }

  /** One got the head of its answer. */
  void answered() {
    if (waiting.decrementAndGet() > 0) {
      since = System.currentTimeMillis();
    }
  }

  /** One ended before it was answered. */
  void ended() {
    waiting.decrementAndGet();
  }

  /** Epoch milliseconds; 0 if none waits. */
  long since() {
    return waiting.get() > 0 ? since : 0;
  }
}
