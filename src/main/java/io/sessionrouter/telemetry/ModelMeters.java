package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The meters of models that are loaded on demand; never labelled with a model's name. */
public final class ModelMeters {
  private static final Duration[] BUCKETS =
      Stream.of(
              100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 360_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;

  public ModelMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * A load is over.
   *
   * @param outcome {@code success}, or the label of a failure kind
   */
  public void loadEnded(String endpoint, String variant, String outcome, long millis) {
    Counter.builder("session_router_model_loads")
        .description("Loads of models by how they ended")
        .tags("endpoint", endpoint, "variant", variant, "outcome", outcome)
        .register(registry)
        .increment();
    timer("session_router_model_load", "Begin to end of a load of a model", endpoint, variant)
        .record(atLeastZero(millis));
  }

  /** A request waited so long for its model, and got it. */
  public void coldStart(String endpoint, String variant, long millis) {
    timer(
            "session_router_model_cold_start",
            "Time a request waited until its model was loaded",
            endpoint,
            variant)
        .record(atLeastZero(millis));
  }

  /** A model was unloaded to make room for another. */
  public void unloaded(String endpoint, String variant) {
    Counter.builder("session_router_model_unloads")
        .description("Models unloaded to make room for others")
        .tags("endpoint", endpoint, "variant", variant)
        .register(registry)
        .increment();
  }

  /** Shows how many models a variant's instances have, a model on two instances twice. */
  public void watch(String endpoint, String variant, Supplier<Number> loaded) {
    Gauge.builder("session_router_models_loaded", loaded)
        .description("Models loaded on the variant's instances")
        .tags("endpoint", endpoint, "variant", variant)
        .register(registry);
  }

  private Timer timer(String name, String description, String endpoint, String variant) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(BUCKETS)
        .tags("endpoint", endpoint, "variant", variant)
        .register(registry);
  }

  private static Duration atLeastZero(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }
}
