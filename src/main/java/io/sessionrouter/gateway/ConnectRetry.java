package io.sessionrouter.gateway;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** How long a request's connects are tried again; its clock starts with the first of them. */
final class ConnectRetry {
  private static final long FIRST_PAUSE_MILLIS = 25;
  private static final long LONGEST_PAUSE_MILLIS = 400;

  private final long deadline;
  private long pause = FIRST_PAUSE_MILLIS;

  ConnectRetry(Duration within) {
    deadline = System.nanoTime() + within.toNanos();
  }

  /** Until when the turn of a connect is waited for; it gets the time of one in any case. */
  long deadline(Duration one) {
    return Math.max(deadline - System.nanoTime(), one.toNanos()) + System.nanoTime();
  }

  /** Before the next try where all have failed, ever longer; negative if there is no time left. */
  long pauseMillis() {
    long half = pause / 2;
    long next = half + ThreadLocalRandom.current().nextLong(half + 1);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    return left > next ? next : -1;
  }
}
