package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** The meters of the file that lists who may call. */
public final class AuthMeters {
  private final Gauges gauges;
  private final Counter applied;
  private final Counter refused;

  public AuthMeters(MeterRegistry registry) {
    this.gauges = new Gauges(registry);
    this.applied = Metric.PRINCIPALS_READS.counter(registry, "applied");
    this.refused = Metric.PRINCIPALS_READS.counter(registry, "refused");
  }

  /** Whether callers are distinguished; if not, everybody may do everything. */
  public void distinguished(boolean yes) {
    gauges.show(Metric.CALLERS_DISTINGUISHED, () -> yes ? 1 : 0);
  }

  /** Watches whether the newest file is in force, and how many principals are. */
  public void watch(BooleanSupplier current, IntSupplier count) {
    gauges.show(Metric.PRINCIPALS_CURRENT, () -> current.getAsBoolean() ? 1 : 0);
    gauges.show(Metric.PRINCIPALS, count::getAsInt);
  }

  public void applied() {
    applied.increment();
  }

  public void refused() {
    refused.increment();
  }
}
