package io.sessionrouter.container.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;

/** The container's meters; all begin with {@code model_container_}. */
@ApplicationScoped
public class ContainerMetrics {
  private final MeterRegistry registry;
  private final Counter promptTokens;
  private final Counter cachedTokens;
  private final Counter generatedTokens;
  private final Counter discardedTokens;

  /** Meters in this registry. */
  public ContainerMetrics(MeterRegistry registry) {
    this.registry = registry;
    promptTokens = tokens("prompt");
    cachedTokens = tokens("cached");
    generatedTokens = tokens("generated");
    discardedTokens = tokens("discarded");
  }

  /**
   * Watches a number that others keep.
   *
   * @throws IllegalArgumentException if the metrics table has no such row
   */
  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(Metric.named(name).id(), value).description(description).register(registry);
  }

  /** The meters of a container's only model. */
  public ModelMeters onlyModel() {
    return new ModelMeters(registry, Tags.empty());
  }

  /** The meters of one of several models. */
  public ModelMeters model(String name) {
    return new ModelMeters(registry, Tags.of("model", name));
  }

  /** A model was loaded, or was not. */
  public void modelLoad(String outcome) {
    registry.counter(Metric.MODEL_LOADS.id(), "outcome", outcome).increment();
  }

  /** One phase of loading a model took so long. */
  public void modelLoadPhase(String phase, Duration took) {
    Timer.builder(Metric.MODEL_LOAD.id())
        .description("The phases of loading a model")
        .tag("phase", phase)
        .publishPercentileHistogram()
        .register(registry)
        .record(took);
  }

  /** A model was unloaded. */
  public void modelUnloaded() {
    registry.counter(Metric.MODELS_UNLOADED.id()).increment();
  }

  /** A request was answered, or given up. */
  public void request(String operation, String outcome, Duration took) {
    registry.counter(Metric.REQUESTS.id(), "operation", operation, "outcome", outcome).increment();
    Timer.builder(Metric.REQUEST_DURATION.id())
        .description("From the arrival of a request to its answer")
        .tag("operation", operation)
        .publishPercentileHistogram()
        .register(registry)
        .record(took);
  }

  /** A turn was completed; {@code prompt} includes the cached tokens. */
  public void prompt(int prompt, int cached) {
    promptTokens.increment(prompt);
    cachedTokens.increment(cached);
  }

  /** A token of a reply was generated. */
  public void generatedToken() {
    generatedTokens.increment();
  }

  /** It was generated for a client that was gone already. */
  public void discardedToken() {
    discardedTokens.increment();
  }

  private Counter tokens(String kind) {
    return registry.counter(Metric.TOKENS.id(), "kind", kind);
  }

  /** The first text of a reply was there after so long. */
  public void firstText(Duration after) {
    Timer.builder(Metric.FIRST_TEXT.id())
        .description("From the arrival of a request to the first text of its reply")
        .publishPercentileHistogram()
        .register(registry)
        .record(after);
  }

  /** A session ended. */
  public void sessionEnded(String reason) {
    registry.counter(Metric.SESSIONS_ENDED.id(), "reason", reason).increment();
  }
}
