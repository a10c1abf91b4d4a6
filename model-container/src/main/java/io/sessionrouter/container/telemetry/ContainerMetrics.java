package io.sessionrouter.container.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;

/** The container's meters; all begin with {@code model_container_}. */
@ApplicationScoped
public class ContainerMetrics {
  private final MeterRegistry registry;

  /** Meters in this registry. */
  public ContainerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * Watches a number that others keep.
   *
   * @throws IllegalArgumentException if the metrics table has no such row
   */
  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(Metric.named(name).id(), value).description(description).register(registry);
  }

  /** A request was answered, or given up. */
  public void request(String operation, String outcome, Duration took) {
    registry
        .counter(Metric.REQUESTS.id(), "operation", operation, "outcome", outcome)
        .increment();
    Timer.builder(Metric.REQUEST_DURATION.id())
        .description("From the arrival of a request to its answer")
        .tag("operation", operation)
        .publishPercentileHistogram()
        .register(registry)
        .record(took);
  }

  /** A turn was completed with so many tokens; {@code prompt} includes the cached ones. */
  public void tokens(int prompt, int cached, int generated) {
    count("prompt", prompt);
    count("cached", cached);
    count("generated", generated);
  }

  private void count(String kind, int tokens) {
    registry.counter(Metric.TOKENS.id(), "kind", kind).increment(tokens);
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

  /** The meters of an engine's steps. */
  public StepMeters steps() {
    return new StepMeters(registry);
  }
}
