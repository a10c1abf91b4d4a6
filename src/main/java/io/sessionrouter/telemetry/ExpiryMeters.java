package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts the sessions of one endpoint that end otherwise than their container said. */
public final class ExpiryMeters {
  private final Map<Reason, Counter> counters = new EnumMap<>(Reason.class);

  /** Values of the label {@code reason}. */
  public enum Reason {
    /** What the container said is no time. */
    UNREADABLE,
    /** The time it said was over. */
    PAST,
    /** The time it said was later than the endpoint allows. */
    CUT
  }

  ExpiryMeters(MeterRegistry registry, String endpoint) {
    for (Reason reason : Reason.values()) {
      counters.put(
          reason,
          Metric.SESSION_EXPIRIES_REPLACED.counter(
              registry, endpoint, reason.name().toLowerCase(Locale.ROOT)));
    }
  }

  /** The container's word was replaced by what the endpoint allows at most. */
  public void replaced(Reason reason) {
    counters.get(reason).increment();
  }
}
