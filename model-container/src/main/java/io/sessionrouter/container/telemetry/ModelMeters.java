package io.sessionrouter.container.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The meters of one loaded model. They go when it goes; so there are never more of them than
 * models.
 */
public final class ModelMeters implements AutoCloseable {
  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Meter> meters = new ArrayList<>();

  ModelMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  /** Watches a number that others keep. */
  public synchronized void gauge(String name, String description, Supplier<Number> value) {
    meters.add(
        Gauge.builder(Metric.named(name).id(), value)
            .description(description)
            .tags(tags)
            .register(registry));
  }

  /** The meters of its engine's steps, which all models share. */
  public StepMeters steps() {
    return new StepMeters(registry);
  }

  @Override
  public synchronized void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
