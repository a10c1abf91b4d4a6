package io.sessionrouter.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prometheus.client.exemplars.DefaultExemplarSampler;
import io.prometheus.client.exemplars.ExemplarSampler;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.sessionrouter.domain.StopOrder;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Offers traces and the access log, as configured.
 *
 * <p>The OpenTelemetry SDK itself, not Quarkus' extension: that one instruments every client and
 * server of the process, and brings gRPC along.
 */
@Singleton
@RegisterForReflection(
    classNames = "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider")
final class TracersProducer {

  private final CurrentTrace current = new CurrentTrace();
  private @Nullable SdkTracerProvider provider;

  @Produces
  @Singleton
  Telemetry telemetry(
      RequestMeters meters,
      TelemetryOptions options,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    return new Telemetry(
        meters,
        tracing(options, version),
        options.accessLog() ? new AccessLog(true) : AccessLog.OFF);
  }

  private Tracing tracing(TelemetryOptions options, String version) {
    URI collector = options.tracesTo();
    if (collector == null) {
      return Tracing.OFF;
    }
    SdkTracerProvider started = provider(collector, options.sampleRatio(), version);
    provider = started;
    return Tracing.with(started.get("io.sessionrouter"), current);
  }

  private static SdkTracerProvider provider(URI collector, double ratio, String version) {
    Attributes who =
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            "session-router",
            AttributeKey.stringKey("service.version"),
            version);
    return SdkTracerProvider.builder()
        .setResource(Resource.getDefault().merge(Resource.create(who)))
        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(ratio)))
        .addSpanProcessor(
            BatchSpanProcessor.builder(
                    OtlpHttpSpanExporter.builder()
                        .setEndpoint(collector.resolve("/v1/traces").toString())
                        .build())
                .build())
        .build();
  }

  /** In place of Quarkus' own, which knows no traces. */
  @Produces
  @Singleton
  @Alternative
  @Priority(1)
  Optional<ExemplarSampler> exemplars(TelemetryOptions options) {
    return options.tracesTo() == null
        ? Optional.empty()
        : Optional.of(new DefaultExemplarSampler(current));
  }

  void stop(@Observes @Priority(StopOrder.TRACES) ShutdownEvent stop) {
    SdkTracerProvider last = provider;
    if (last != null) {
      last.close();
    }
  }
}
