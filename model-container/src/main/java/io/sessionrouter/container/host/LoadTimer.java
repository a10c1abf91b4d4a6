package io.sessionrouter.container.host;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** A stopwatch for the phases of one load, which follow each other without a gap. */
final class LoadTimer {
  private final Map<LoadPhase, Duration> times = new EnumMap<>(LoadPhase.class);
  private long last = System.nanoTime();

  /** This phase ends now. */
  void end(LoadPhase phase) {
    long now = System.nanoTime();
    times.put(phase, Duration.ofNanos(now - last));
    last = now;
  }

  Map<LoadPhase, Duration> times() {
    return Collections.unmodifiableMap(new EnumMap<>(times));
  }
}
