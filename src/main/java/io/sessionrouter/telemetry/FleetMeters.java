package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The meters of instances. */
public final class FleetMeters {
  private static final String INSTANCE_NEW = "instance_new";
  private static final List<String> STATES =
      List.of("healthy", "draining", "unhealthy", "gone", "left");

  private static final String EJECTED = "ejected";

  private final MeterRegistry registry;
  private final Gauges gauges;

  /** Which instance meters are about. */
  public record Key(String endpoint, String variant, String instance) {}

  /** What is read of an instance at every scrape. */
  public record Readings(BooleanSupplier healthy, IntSupplier sessions, IntSupplier inFlight) {}

  public FleetMeters(MeterRegistry registry) {
    this.registry = registry;
    this.gauges = new Gauges(registry);
  }

  /**
   * Shows what an endpoint will have counted of its instances, before it has any: an increase from
   * nothing to one would be none to Prometheus.
   */
  public void expect(String endpoint) {
    coldStarts(endpoint);
    migrations(endpoint);
  }

  /**
   * Shows an instance until {@link Shown#remove}: what left is not shown for ever. The counters of
   * its variant begin here.
   */
  public Shown show(Key key, Readings readings) {
    STATES.forEach(state -> changes(key, state));
    ejections(key.endpoint, key.variant, EJECTED);
    expect(key.endpoint);
    return new Shown(gauges, key, readings);
  }

  /** The instance came into a state, or left. */
  public void changed(Key key, String to) {
    changes(key, to.toLowerCase(Locale.ROOT)).increment();
  }

  private Counter changes(Key key, String to) {
    return Metric.INSTANCE_STATE_CHANGES.counter(registry, key.endpoint, key.variant, to);
  }

  /** An instance failed a request. */
  public void failed(String endpoint, String variant, String reason) {
    Metric.INSTANCE_FAILURES.counter(registry, endpoint, variant, reason).increment();
  }

  /** An instance broke as many requests as put it out; whether it was, says the result. */
  public void ejection(String endpoint, String variant, String result) {
    ejections(endpoint, variant, result).increment();
  }

  /** New work went to an ejected instance. */
  public void panicPlacement(String endpoint, String variant) {
    panicPlacements(endpoint, variant).increment();
  }

  private Counter ejections(String endpoint, String variant, String result) {
    return Metric.EJECTIONS.counter(registry, endpoint, variant, result);
  }

  private Counter panicPlacements(String endpoint, String variant) {
    return Metric.PANIC_PLACEMENTS.counter(registry, endpoint, variant);
  }

  /** A container was awaited that had to start. */
  public void instanceStarted(String endpoint, Duration took) {
    coldStarts(endpoint).record(took);
  }

  /** A container was met at another address, and has the sessions that it had. */
  public void migrated(String endpoint, int sessions) {
    migrations(endpoint).increment(sessions);
  }

  private Counter migrations(String endpoint) {
    return Metric.SESSIONS_MIGRATED.counter(registry, endpoint);
  }

  private Timer coldStarts(String endpoint) {
    return Metric.COLD_START.timer(registry, endpoint, INSTANCE_NEW);
  }

  /** An instance that is shown. */
  public static final class Shown {
    private final Gauges gauges;
    private final Key key;
    private final List<Gauges.Source> sources = new ArrayList<>();
    private Gauges.@Nullable Source state;
    private Gauges.@Nullable Source draining;
    private Gauges.@Nullable Source slots;
    private @Nullable Integer slotsShown;

    Shown(Gauges gauges, Key key, Readings readings) {
      this.gauges = gauges;
      this.key = key;
      sources.add(show(Metric.INSTANCE_SESSIONS, readings.sessions::getAsInt));
      sources.add(show(Metric.INSTANCE_REQUESTS_IN_FLIGHT, readings.inFlight::getAsInt));
      sources.add(show(Metric.INSTANCE_HEALTHY, () -> readings.healthy.getAsBoolean() ? 1 : 0));
    }

    private Gauges.Source show(Metric metric, DoubleSupplier value) {
      return gauges.show(metric, value, key.endpoint, key.variant, key.instance);
    }

    /** Shows the state it is in now, and no other. */
    public void state(String now) {
      Gauges.Source before = state;
      state =
          gauges.show(
              Metric.INSTANCE_STATE,
              () -> 1,
              key.endpoint,
              key.variant,
              key.instance,
              now.toLowerCase(Locale.ROOT));
      remove(before);
    }

    /** Shows whether it is drained; nothing is shown of one that is not. */
    public void draining(boolean now) {
      if (now != (draining != null)) {
        remove(draining);
        draining = now ? show(Metric.INSTANCE_DRAINING, () -> 1) : null;
      }
    }

    /**
     * Shows how many sessions it may hold.
     *
     * @param now null if that is unbounded, for which nothing is shown
     */
    public void slots(@Nullable Integer now) {
      if (!Objects.equals(now, slotsShown)) {
        remove(slots);
        slots = now == null ? null : show(Metric.INSTANCE_SESSION_SLOTS, () -> now);
        slotsShown = now;
      }
    }

    /** Ends what is shown of it, but not what another instance of the same id shows by now. */
    public void remove() {
      sources.forEach(Gauges.Source::remove);
      sources.clear();
      remove(state);
      state = null;
      remove(draining);
      draining = null;
      slots(null);
    }

    private static void remove(Gauges.@Nullable Source source) {
      if (source != null) {
        source.remove();
      }
    }
  }
}
