package io.sessionrouter.auth.quota;

import io.sessionrouter.auth.quota.Share.Rate;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket without a lock: the moment at which it is full again says how full it is.
 *
 * <p>Whoever finds one token may take any number: a large body leaves a debt that the next requests
 * wait for. So the average holds, and no body is too large for the bucket.
 */
final class TokenBucket {
  private static final double NANOS_PER_SECOND = 1e9;

  /** A debt is never longer than this, whatever was taken beyond what was there. */
  private static final long MAX_DEBT_NANOS = 3_600_000_000_000L;

  /** Nanos at which the bucket is full. */
  private final AtomicLong fullAt;

  TokenBucket(long now) {
    this.fullAt = new AtomicLong(now);
  }

  /** Whether there is a token. */
  boolean has(Rate rate, long now) {
    return suffices(rate, fullAt.get() - now);
  }

  private static boolean suffices(Rate rate, long missingNanos) {
    return missingNanos <= (rate.burst() - 1) * nanosOf(rate, 1);
  }

  /** Takes one token if there is one. */
  boolean take(Rate rate, long now) {
    while (true) {
      long full = fullAt.get();
      if (!suffices(rate, full - now)) {
        return false;
      }
      if (fullAt.compareAndSet(full, later(rate, full, nanosOf(rate, 1), now))) {
        return true;
      }
    }
  }

  /** Takes so many, whether they are there or not. */
  void charge(Rate rate, long tokens, long now) {
    if (tokens <= 0) {
      return;
    }
    double nanos = nanosOf(rate, tokens);
    long full;
    do {
      full = fullAt.get();
    } while (!fullAt.compareAndSet(full, later(rate, full, nanos, now)));
  }

  /** Another rate applies from now on: as many tokens are missing as before. */
  void change(Rate before, Rate after, long now) {
    double scale = before.perSecond() / after.perSecond();
    fullAt.updateAndGet(
        full -> full - now <= 0 ? full : later(after, now, (full - now) * scale, now));
  }

  boolean full(long now) {
    return fullAt.get() - now <= 0;
  }

  private static long later(Rate rate, long full, double nanos, long now) {
    double most = nanosOf(rate, 1) * rate.burst() + MAX_DEBT_NANOS;
    return now + (long) Math.ceil(Math.min(most, Math.max(0, full - now) + nanos));
  }

  private static double nanosOf(Rate rate, long tokens) {
    return tokens * NANOS_PER_SECOND / rate.perSecond();
  }
}
