package io.sessionrouter.telemetry;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Gives Prometheus the OpenMetrics format while there are traces: it alone carries exemplars.
 *
 * <p>Prometheus always names plain text as second best, and Quarkus takes that for its wish. And of
 * what Micrometer writes, the exemplars of counts have to go: Prometheus 2.42 for one refuses a
 * whole scrape for one of them.
 */
@Singleton
final class OpenMetrics {
  private static final String TYPE = "application/openmetrics-text";
  private static final String EXEMPLAR = " # {";
  private static final String COUNT = "_count";
  private static final int BEFORE_THE_ROUTES = 100;

  private final PrometheusMeterRegistry registry;
  private final boolean traced;
  private final String path;

  OpenMetrics(
      PrometheusMeterRegistry registry,
      TelemetryOptions options,
      @ConfigProperty(name = "quarkus.http.non-application-root-path", defaultValue = "/q")
          String root) {
    this.registry = registry;
    this.traced = options.tracesTo() != null;
    this.path = (root.startsWith("/") ? root : "/" + root) + "/metrics";
  }

  void register(@Observes Filters filters) {
    if (traced) {
      filters.register(this::answer, BEFORE_THE_ROUTES);
    }
  }

  private void answer(RoutingContext context) {
    String accept = context.request().getHeader(HttpHeaders.ACCEPT);
    if (accept == null || !accept.contains(TYPE) || !path.equals(context.normalizedPath())) {
      context.next();
      return;
    }
    context
        .vertx()
        .executeBlocking(
            () -> withoutCounts(registry.scrape(TextFormat.CONTENT_TYPE_OPENMETRICS_100)))
        .onFailure(context::fail)
        .onSuccess(
            text ->
                context
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, TextFormat.CONTENT_TYPE_OPENMETRICS_100)
                    .end(text));
  }

  /** The same without the exemplars of counts. */
  static String withoutCounts(String scrape) {
    StringBuilder kept = new StringBuilder(scrape.length());
    scrape.lines().forEach(line -> kept.append(line, 0, end(line)).append('\n'));
    return kept.toString();
  }

  private static int end(String line) {
    int exemplar = line.indexOf(EXEMPLAR);
    int labels = line.indexOf('{');
    boolean count = labels >= COUNT.length() && line.startsWith(COUNT, labels - COUNT.length());
    return exemplar > 0 && count ? exemplar : line.length();
  }
}
