package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the sessions of one endpoint that end otherwise than their container said. */
public final class ExpiryMeters {
  private final MeterRegistry registry;
  private final String endpoint;
  private final Map<Reason, Counter> counters = new ConcurrentHashMap<>();

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
    this.registry = registry;
    this.endpoint = endpoint;
  }

  /** The container's word was replaced by what the endpoint allows at most. */
  public void replaced(Reason reason) {
    counters.computeIfAbsent(reason, this::counter).increment();
  }

  private Counter counter(Reason reason) {
    return Metric.SESSION_EXPIRIES_REPLACED.counter(
        registry, endpoint, reason.name().toLowerCase(Locale.ROOT));
  }
}
