package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;

/** The meters of configuration files that change while the router runs. */
public final class ConfigurationMeters {
  private final Gauges gauges;
  private final Counter applied;
  private final Counter partlyApplied;
  private final Counter refused;

  public ConfigurationMeters(MeterRegistry registry) {
    this.gauges = new Gauges(registry);
    this.applied = Metric.CONFIGURATION_READS.counter(registry, "applied");
    this.partlyApplied = Metric.CONFIGURATION_READS.counter(registry, "partly_applied");
    this.refused = Metric.CONFIGURATION_READS.counter(registry, "refused");
  }

  /** Watches whether the newest configuration is in force as a whole. */
  public void current(BooleanSupplier current) {
    gauges.show(Metric.CONFIGURATION_CURRENT, () -> current.getAsBoolean() ? 1 : 0);
  }

  public void applied() {
    applied.increment();
  }

  public void partlyApplied() {
    partlyApplied.increment();
  }

  public void refused() {
    refused.increment();
  }
}
