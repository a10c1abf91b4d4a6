package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Counts the beginnings and ends of sessions, each once in the whole deployment. */
public final class SessionMeters {
  private final MeterRegistry registry;
  private final Gauges gauges;
  private final PrincipalMeters principals;
  private final Map<String, Gauges.Source> remembered = new ConcurrentHashMap<>();

  /** Values of the label {@code cause}. */
  public enum End {
    CLOSED,
    EXPIRED_ABSOLUTE,
    EXPIRED_IDLE,
    /** Nothing listens at the instance's address. */
    LOST_GONE,
    /** The container began anew. */
    LOST_RESTARTED,
    /** The instance left the fleet. */
    LOST_LEFT;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public SessionMeters(MeterRegistry registry) {
    this.registry = registry;
    this.gauges = new Gauges(registry);
    this.principals = new PrincipalMeters(registry);
  }

  public void opened(String endpoint) {
    Metric.SESSIONS_OPENED.counter(registry, endpoint).increment();
  }

  public void ended(String endpoint, End cause) {
    Metric.SESSIONS_ENDED.counter(registry, endpoint, cause.label()).increment();
  }

  /**
   * Watches how many sessions of the endpoint this replica remembers. Its counters begin here: an
   * increase from nothing to one would be none to Prometheus.
   */
  public void remembered(String endpoint, LongSupplier entries) {
    Metric.SESSIONS_OPENED.counter(registry, endpoint);
    for (End end : End.values()) {
      Metric.SESSIONS_ENDED.counter(registry, endpoint, end.label());
    }
    remembered.put(endpoint, gauges.show(Metric.NEAR_CACHE_ENTRIES, entries::getAsLong, endpoint));
  }

  /** All live sessions that this replica knows owners of. */
  public void owned(Collection<PrincipalMeters.Count> all) {
    principals.sessions(all);
  }

  /** The endpoint is no more. */
  public void forgotten(String endpoint) {
    Gauges.Source gauge = remembered.remove(endpoint);
    if (gauge != null) {
      gauge.remove();
    }
  }
}
