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

  /** Watches a number that others keep. */
  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder("model_container_" + name, value).description(description).register(registry);
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
    registry.counter("model_container_model_loads", "outcome", outcome).increment();
  }

  /** One phase of loading a model took so long. */
  public void modelLoadPhase(String phase, Duration took) {
    Timer.builder("model_container_model_load")
        .description("The phases of loading a model")
        .tag("phase", phase)
        .publishPercentileHistogram()
        .register(registry)
        .record(took);
  }

  /** A model was unloaded. */
  public void modelUnloaded() {
    registry.counter("model_container_models_unloaded").increment();
  }

  /** A request was answered, or given up. */
  public void request(String operation, String outcome, Duration took) {
    registry
        .counter("model_container_requests", "operation", operation, "outcome", outcome)
        .increment();
    Timer.builder("model_container_request")
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
    return registry.counter("model_container_tokens", "kind", kind);
  }

  /** The first text of a reply was there after so long. */
  public void firstText(Duration after) {
    Timer.builder("model_container_first_text")
        .description("From the arrival of a request to the first text of its reply")
        .publishPercentileHistogram()
        .register(registry)
        .record(after);
  }

  /** A session ended. */
  public void sessionEnded(String reason) {
    registry.counter("model_container_sessions_ended", "reason", reason).increment();
  }
}
