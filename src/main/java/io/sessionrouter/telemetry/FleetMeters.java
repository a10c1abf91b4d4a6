package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The meters of instances. */
public final class FleetMeters {
  private final MeterRegistry registry;

  /** Which instance meters are about. */
  public record Key(String endpoint, String variant, String instance) {}

  /**
   * What is read of an instance at every scrape.
   *
   * @param slots null if unbounded
   */
  public record Readings(
      BooleanSupplier healthy,
      IntSupplier sessions,
      @Nullable Integer slots,
      IntSupplier inFlight) {}

  public FleetMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Shows an instance until {@link Shown#remove}: what left is not shown for ever. */
  public Shown show(Key key, Readings readings) {
    return new Shown(registry, key, readings);
  }

  /** The instance came into a state, or left. */
  public void changed(Key key, String to) {
    Metric.INSTANCE_STATE_CHANGES
        .counter(registry, key.endpoint, key.variant, to.toLowerCase(Locale.ROOT))
        .increment();
  }

  /** A container was awaited that had to start. */
  public void instanceStarted(String endpoint, Duration took) {
    Metric.COLD_START.timer(registry, endpoint, "instance_new").record(took);
  }

  /** An instance that is shown. */
  public static final class Shown {
    private final MeterRegistry registry;
    private final Key key;
    private final List<Meter> meters = new ArrayList<>();
    private @Nullable Meter state;

    Shown(MeterRegistry registry, Key key, Readings readings) {
      this.registry = registry;
      this.key = key;
      add(Metric.INSTANCE_SESSIONS, readings.sessions);
      add(Metric.INSTANCE_REQUESTS_IN_FLIGHT, readings.inFlight);
      add(Metric.INSTANCE_HEALTHY, () -> readings.healthy.getAsBoolean() ? 1 : 0);
      Integer slots = readings.slots;
      if (slots != null) {
        add(Metric.INSTANCE_SESSION_SLOTS, () -> slots);
      }
    }

    private void add(Metric metric, IntSupplier value) {
      meters.add(
          metric.gauge(
              registry, value, IntSupplier::getAsInt, key.endpoint, key.variant, key.instance));
    }

    /** Shows the state it is in now, and no other. */
    public void state(String now) {
      Meter before = state;
      if (before != null) {
        registry.remove(before);
      }
      state =
          Metric.INSTANCE_STATE.gauge(
              registry,
              this,
              shown -> 1,
              key.endpoint,
              key.variant,
              key.instance,
              now.toLowerCase(Locale.ROOT));
    }

    public void remove() {
      meters.forEach(registry::remove);
      meters.clear();
      Meter last = state;
      if (last != null) {
        registry.remove(last);
        state = null;
      }
    }
  }
}
