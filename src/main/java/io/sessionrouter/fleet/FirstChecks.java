package io.sessionrouter.fleet;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * When the first checks begin: at once for a few members, one after the other for thousands.
 *
 * <p>Checks that begin in the same moment all wait for one event loop, so containers that are well
 * would seem to be late; and the checks that follow would come in bursts, too.
 */
final class FirstChecks {
  /** Four thousand members are spread over the interval that they are checked in by default. */
  static final long APART_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private final LongSupplier nanos;
  private long next;

  /**
   * @param nanos the time that passes, whatever clocks are set to
   */
  FirstChecks(LongSupplier nanos) {
    this.nanos = nanos;
    this.next = nanos.getAsLong();
  }

  /** Until the next member's first check. */
  long delayMillis() {
    long now = nanos.getAsLong();
    long wait = Math.max(0, next - now);
    next = now + wait + APART_NANOS;
    return TimeUnit.NANOSECONDS.toMillis(wait);
  }
}
