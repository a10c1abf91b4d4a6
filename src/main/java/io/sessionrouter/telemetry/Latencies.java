package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How often a histogram saw which latencies: counts by bucket; immutable. */
public final class Latencies {
  static final Latencies NONE = new Latencies(new double[0], new long[] {0});

  /** Seconds, ascending. */
  private final double[] bounds;

  /** Of each bucket by itself; the last one has no upper bound. */
  private final long[] counts;

  private Latencies(double[] bounds, long[] counts) {
    this.bounds = bounds;
    this.counts = counts;
  }

  /** What the timer has seen since it was made. */
  static Latencies of(Timer timer) {
    long all = timer.count(); // before the buckets, so that what comes between is not beyond them
    CountAtBucket[] buckets = timer.takeSnapshot().histogramCounts();
    double[] bounds = new double[buckets.length];
    long[] counts = new long[buckets.length + 1];
    long below = 0;
    for (int i = 0; i < buckets.length; i++) {
      bounds[i] = buckets[i].bucket(TimeUnit.SECONDS);
      counts[i] = (long) buckets[i].count() - below;
      below = (long) buckets[i].count();
    }
    counts[buckets.length] = Math.max(0, all - below);
    return new Latencies(bounds, counts);
  }

  /** Both together. */
  Latencies plus(Latencies other) {
    return isEmpty() ? other : other.isEmpty() ? this : combined(other, 1);
  }

  /** What came after the earlier one. */
  Latencies since(Latencies earlier) {
    return earlier.isEmpty() ? this : combined(earlier, -1);
  }

  private Latencies combined(Latencies other, int sign) {
    if (counts.length != other.counts.length) {
      throw new IllegalArgumentException(
          "buckets: %d (expected: %d)".formatted(other.counts.length, counts.length));
    }
    long[] result = new long[counts.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.max(0, counts[i] + sign * other.counts[i]);
    }
    return new Latencies(bounds, result);
  }

  private boolean isEmpty() {
    return count() == 0;
  }

  /** How many there were. */
  public long count() {
    long count = 0;
    for (long ofBucket : counts) {
      count += ofBucket;
    }
    return count;
  }

  /**
   * The latency that the given share stays below, in seconds; evenly spread within a bucket, as
   * Prometheus has it. What lies beyond the last bound is said to be at it.
   *
   * @param share 0 to 1
   * @return null if nothing was seen
   */
  public @Nullable Double quantile(double share) {
    double rank = share * count();
    long below = 0;
    for (int i = 0; i < bounds.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= rank) {
        double from = i == 0 ? 0 : bounds[i - 1];
        return from + (bounds[i] - from) * (rank - below) / counts[i];
      }
      below += counts[i];
    }
    return isEmpty() ? null : bounds[bounds.length - 1];
  }
}
