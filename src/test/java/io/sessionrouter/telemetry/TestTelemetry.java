package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exemplars.DefaultExemplarSampler;

/** Telemetry whose every part is on. */
@SuppressWarnings("deprecation") // the registry that Quarkus brings
public final class TestTelemetry {
  private final CurrentTrace current = new CurrentTrace();

  /** A registry that keeps exemplars. */
  public final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(
          PrometheusConfig.DEFAULT,
          new CollectorRegistry(),
          Clock.SYSTEM,
          new DefaultExemplarSampler(current));

  public Telemetry tracedBy(Tracer tracer) {
    return new Telemetry(
        new RequestMeters(registry), Tracing.with(tracer, current), new AccessLog(true));
  }
}
