package io.sessionrouter.domain;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: twice as long each time, up to a bound, and never quite the
 * same, so that replicas that lost something together do not come back together.
 */
public final class Backoff {
  private static final int MAX_DOUBLINGS = 20;

  private final long first;
  private final long longest;
  private final RandomGenerator random;

  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first.toMillis();
    this.longest = longest.toMillis();
    this.random = random;
  }

  /**
   * How long to wait before the next attempt.
   *
   * @param failures in a row so far, from 1
   * @return milliseconds, between half of the nominal wait and all of it
   */
  public long afterFailures(int failures) {
    int doublings = Math.clamp(failures - 1L, 0, MAX_DOUBLINGS);
    long nominal = Math.min(longest, first << doublings);
    return Math.max(1, nominal / 2 + random.nextLong(nominal / 2 + 1));
  }
}
