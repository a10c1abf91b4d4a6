package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sessionrouter.domain.SessionLookup.Missing;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Counts how requests of one endpoint's sessions found their instance, or did not. */
public final class AffinityMeters {
  private static final Result[] RESULTS = Result.values();

  private final MeterRegistry registry;
  private final String endpoint;
  private final AtomicReferenceArray<@Nullable Counter> counters =
      new AtomicReferenceArray<>(RESULTS.length);

  /** Values of the label {@code result}. */
  public enum Result {
    /** The near cache knew it. */
    LOCAL_HIT,
    /** Redis knew it. */
    REDIS_HIT,
    UNKNOWN,
    EXPIRED,
    CLOSED,
    INSTANCE_LOST,
    /** Redis could not be asked. */
    UNAVAILABLE;

    /** Why a session does not live. */
    public static Result of(Missing why) {
      return switch (why) {
        case UNKNOWN -> UNKNOWN;
        case EXPIRED -> EXPIRED;
        case CLOSED -> CLOSED;
        case LOST -> INSTANCE_LOST;
      };
    }

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  AffinityMeters(MeterRegistry registry, String endpoint) {
    this.registry = registry;
    this.endpoint = endpoint;
  }

  public void found(Result result) {
    Counter known = counters.get(result.ordinal());
    (known != null ? known : register(result)).increment();
  }

  private Counter register(Result result) {
    Counter counter = Metric.AFFINITY_LOOKUPS.counter(registry, endpoint, result.label());
    counters.set(result.ordinal(), counter);
    return counter;
  }
}
