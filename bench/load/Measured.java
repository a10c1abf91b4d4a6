import java.util.Arrays;

/** What a run measured within its window, and how many chunks it read in all. */
final class Measured {
  private final Samples firstBytes = new Samples();
  private final Samples delays = new Samples();
  private long from;
  private long until;
  private long chunks;

  void window(long begin, long end) {
    from = begin;
    until = end;
  }

  void firstByte(long now, long nanos) {
    if (now >= from && now < until) {
      firstBytes.add(nanos);
    }
  }

  void chunk(long now, long delayNanos) {
    chunks++;
    if (now >= from && now < until) {
      delays.add(delayNanos);
    }
  }

  String toJson() {
    return "{\"chunks\":%d,\"first_bytes\":%s,\"delays\":%s}"
        .formatted(chunks, firstBytes.toJson(), delays.toJson());
  }

  /** Nanoseconds, as many as come. */
  private static final class Samples {
    private long[] values = new long[1 << 16];
    private int count;

    void add(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = value;
    }

    /** Microseconds; null where there is no sample. */
    String toJson() {
      Arrays.sort(values, 0, count);
      return "{\"count\":%d,\"p50\":%s,\"p99\":%s}"
          .formatted(count, percentile(50), percentile(99));
    }

    /** The smallest value that so many percent of the values do not exceed. */
    private String percentile(int percent) {
      return count == 0
          ? "null"
          : String.valueOf(values[Math.max(0, (count * percent + 99) / 100 - 1)] / 1e3);
    }
  }
}
