package io.sessionrouter.config;

import java.time.Duration;

/** Durations as users write them. */
public final class DurationText {
  private DurationText() {}

  /** {@code 250ms}, {@code -1s}, {@code 20m}; ISO-8601 where no single unit fits. */
  public static String of(Duration time) {
    if (time.getNano() % 1_000_000 != 0) {
      return time.toString();
    }
    if (time.getNano() != 0) {
      return time.toMillis() + "ms";
    }
    long seconds = time.getSeconds();
    return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
