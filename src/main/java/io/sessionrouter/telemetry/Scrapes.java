package io.sessionrouter.telemetry;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus gets; before Quarkus' own route, which takes twice the time for a large fleet and
 * never answers with exemplars.
 *
 * <p>While there are traces, that is the OpenMetrics format: it alone carries exemplars. Prometheus
 * always names plain text as second best, and Quarkus takes that for its wish. And of what
 * Micrometer has, the exemplars of counts have to go: Prometheus 2.42 for one refuses a whole
 * scrape for one of them.
 */
@Singleton
final class Scrapes {
  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String PLAIN = "text/plain";
  private static final String COUNT = "_count";
  private static final int BEFORE_THE_ROUTES = 100;

  private final CollectorRegistry registry;
  private final boolean traced;
  private final String path;
  private volatile int longest;

  @SuppressWarnings("deprecation") // the registry that Quarkus brings
  Scrapes(
      PrometheusMeterRegistry registry,
      TelemetryOptions options,
      @ConfigProperty(name = "quarkus.http.non-application-root-path", defaultValue = "/q")
          String root) {
    this.registry = registry.getPrometheusRegistry();
    this.traced = options.tracesTo() != null;
    this.path = (root.startsWith("/") ? root : "/" + root) + "/metrics";
  }

  void register(@Observes Filters filters) {
    filters.register(this::answer, BEFORE_THE_ROUTES);
  }

  private void answer(RoutingContext context) {
    boolean get = context.request().method().equals(HttpMethod.GET);
    if (!get || !path.equals(context.normalizedPath())) {
      context.next();
      return;
    }
    String type = type(context.request().getHeader(HttpHeaders.ACCEPT));
    context
        .vertx()
        .executeBlocking(() -> scrape(type))
        .onFailure(context::fail)
        .onSuccess(text -> context.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(text));
  }

  /** OpenMetrics for whoever takes anything, as from Quarkus' own route. */
  private String type(@Nullable String accepted) {
    boolean plain = accepted != null && accepted.contains(PLAIN);
    boolean exemplars = traced && accepted != null && accepted.contains(OPEN_METRICS);
    return plain && !exemplars
        ? TextFormat.CONTENT_TYPE_004
        : TextFormat.CONTENT_TYPE_OPENMETRICS_100;
  }

  private String scrape(String type) throws IOException {
    TextWriter text = new TextWriter(longest);
    Enumeration<MetricFamilySamples> all = registry.metricFamilySamples();
    TextFormat.writeFormat(type, text, Collections.enumeration(withoutCounts(all)));
    longest = Math.max(longest, text.length());
    return text.toString();
  }

  /** The same without the exemplars of counts. */
  static List<MetricFamilySamples> withoutCounts(Enumeration<MetricFamilySamples> families) {
    return Collections.list(families).stream().map(Scrapes::withoutCounts).toList();
  }

  private static MetricFamilySamples withoutCounts(MetricFamilySamples family) {
    if (family.samples.stream().noneMatch(Scrapes::isCountWithExemplar)) {
      return family;
    }
    List<Sample> samples = family.samples.stream().map(Scrapes::withoutCount).toList();
    return new MetricFamilySamples(family.name, family.unit, family.type, family.help, samples);
  }

  private static Sample withoutCount(Sample sample) {
    return isCountWithExemplar(sample)
        ? new Sample(
            sample.name, sample.labelNames, sample.labelValues, sample.value, sample.timestampMs)
        : sample;
  }

  private static boolean isCountWithExemplar(Sample sample) {
    return sample.exemplar != null && sample.name.endsWith(COUNT);
  }
}
