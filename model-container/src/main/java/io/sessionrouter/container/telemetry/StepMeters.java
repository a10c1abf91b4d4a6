package io.sessionrouter.container.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** The meters of the engine's steps. */
public final class StepMeters {
  private final Counter prefill;
  private final Counter decode;
  private final DistributionSummary batch;
  private final Timer step;

  StepMeters(MeterRegistry registry) {
    prefill = registry.counter(Metric.COMPUTED_TOKENS.id(), "phase", "prefill");
    decode = registry.counter(Metric.COMPUTED_TOKENS.id(), "phase", "decode");
    batch = registry.summary(Metric.BATCH_SIZE.id());
    step = Timer.builder(Metric.STEP.id()).publishPercentileHistogram().register(registry);
  }

  /** A step was computed for so many turns. */
  public void computed(int turns, int prefillTokens, int decodeTokens, long nanos) {
    batch.record(turns);
    prefill.increment(prefillTokens);
    decode.increment(decodeTokens);
    step.record(nanos, TimeUnit.NANOSECONDS);
  }
}
