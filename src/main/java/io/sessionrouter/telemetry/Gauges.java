package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Gauges whose sources come and go: under one name with the same labels the latest source is read,
 * and only its own removal ends the gauge.
 *
 * <p>Micrometer alone hands back the meter that is there, which goes on reading the source before;
 * and it removes by name and labels, whoever is shown under them by then. An instance that is
 * replaced under its id would vanish.
 */
final class Gauges {
  private final MeterRegistry registry;
  private final Map<Key, Shown> shown = new HashMap<>();

  private record Key(Metric metric, List<String> labels) {}

  Gauges(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Reads {@code value} at every scrape, in place of what was read under these labels before. */
  synchronized Source show(Metric metric, DoubleSupplier value, String... labels) {
    Key key = new Key(metric, List.of(labels));
    Source source = new Source(key, value);
    Shown there = shown.get(key);
    if (there == null) {
      shown.put(key, new Shown(registry, source));
    } else {
      there.source = source;
    }
    return source;
  }

  private synchronized void remove(Source source) {
    Shown there = shown.get(source.key);
    if (there != null && there.source == source) {
      shown.remove(source.key);
      registry.remove(there.gauge);
    }
  }

  /** What a gauge reads. */
  final class Source {
    private final Key key;
    private final DoubleSupplier value;

    private Source(Key key, DoubleSupplier value) {
      this.key = key;
      this.value = value;
    }

    /** Ends the gauge, unless another source took its place. */
    void remove() {
      Gauges.this.remove(this);
    }
  }

  /** A gauge, which outlives its sources. */
  private static final class Shown {
    private final Gauge gauge;
    private volatile Source source;

    Shown(MeterRegistry registry, Source source) {
      this.source = source;
      this.gauge =
          source.key.metric.gauge(
              registry, this, Shown::value, source.key.labels.toArray(String[]::new));
    }

    private double value() {
      return source.value.getAsDouble();
    }
  }
}
