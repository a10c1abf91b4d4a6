package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.FailureKind.Fault;
import java.util.stream.Stream;

/**
 * One endpoint's requests by whose fault their failure was: what the objectives are reckoned from.
 *
 * <p>A few counters that are all there from the start. Prometheus sees no increase from nothing to
 * one, so a failure whose series begins with it would not count.
 */
final class FaultMeters {
  private static final String NONE = "none";

  private final Counter none;
  private final Counter[] faults;

  FaultMeters(MeterRegistry registry, String endpoint) {
    this.none = Metric.REQUEST_FAULTS.counter(registry, endpoint, NONE);
    this.faults =
        Stream.of(Fault.values())
            .map(fault -> Metric.REQUEST_FAULTS.counter(registry, endpoint, fault.label()))
            .toArray(Counter[]::new);
  }

  /** It succeeded, or its client went away. */
  void none() {
    none.increment();
  }

  void failed(FailureKind failure) {
    faults[failure.fault().ordinal()].increment();
  }
}
