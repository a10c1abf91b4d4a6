package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.prometheus.client.exporter.common.TextFormat;
import io.sessionrouter.telemetry.TestTelemetry;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The trace of a request: what spans it has, and what client and container see of it. */
class TracingTest {
  private static final String ID = "5b0c2f6e-0d5a-4d53-9d0e-1f6d3b7a9c11";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String FROM_CLIENT = "traceparent: 00-" + TRACE + "-" + PARENT + "-01";
  private static final Pattern SENT =
      Pattern.compile("traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-01\r\n");

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build();
  private final TestTelemetry telemetry = new TestTelemetry();

  private GatewayFixture.Plan traced() {
    GatewayFixture.Plan plan = new GatewayFixture.Plan();
    plan.telemetry = meters -> telemetry.tracedBy(provider.get("test"));
    return plan;
  }

  @Test
  void theClientsTraceGoesOnToTheContainer() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(traced(), container);
        var client = rig.connect()) {
      client.write(post("hello", FROM_CLIENT, "tracestate: vendor=7"));
      client.readResponse();

      SpanData request = span("invoke");
      assertThat(request.getTraceId()).isEqualTo(TRACE);
      assertThat(request.getParentSpanId()).isEqualTo(PARENT);
      assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
      assertThat(attribute(request, "session_router.endpoint")).isEqualTo("chat");
      assertThat(attribute(request, "session_router.outcome")).isEqualTo("success");
      SpanData toContainer = span("container");
      assertThat(toContainer.getParentSpanId()).isEqualTo(request.getSpanId());
      assertThat(toContainer.getKind()).isEqualTo(SpanKind.CLIENT);
      assertThat(attribute(toContainer, "session_router.model_instance"))
          .isEqualTo("127.0.0.1:" + container.port());
      Matcher sent = SENT.matcher(container.heads().getFirst());
      assertThat(sent.find()).as(container.heads().getFirst()).isTrue();
      assertThat(sent.group(1)).isEqualTo(TRACE);
      assertThat(sent.group(2)).isEqualTo(toContainer.getSpanId());
      assertThat(container.heads().getFirst()).contains("tracestate: vendor=7");
    }
  }

  @Test
  void aRequestWithoutATraceBeginsOne() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(traced(), container);
        var client = rig.connect()) {
      client.write(post("hello"));
      client.readResponse();

      assertThat(span("invoke").getParentSpanContext().isValid()).isFalse();
      assertThat(container.heads().getFirst()).contains(span("invoke").getTraceId());
    }
  }

  @Test
  void questionsToTheStoreAreSpans() throws Exception {
    try (var container =
            RawServer.answering(
                ok("x", "X-Amzn-SageMaker-Session-Id: " + ID + "; Expires=2999-01-01T00:00:00Z"));
        var rig = GatewayFixture.over(traced(), container);
        var client = rig.connect()) {
      client.write(post("x", session("NEW_SESSION")));
      client.readResponse();
      SpanData open = span("store open");
      assertThat(open.getParentSpanId()).isEqualTo(span("invoke").getSpanId());

      exporter.reset();
      rig.sessions.cached = false;
      client.write(post("x", session(ID)));
      client.readResponse();
      assertThat(span("store find").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }
  }

  @Test
  void aFailureMarksTheSpansAsFailed() throws Exception {
    try (var container =
            RawServer.answering(GatewayFixture.response("500 Internal Server Error", "no"));
        var rig = GatewayFixture.over(traced(), container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(424);

      assertThat(span("invoke").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(attribute(span("invoke"), "session_router.outcome")).isEqualTo("model_error");
    }
  }

  @Test
  void aClientThatLeavesEndsTheSpans() throws Exception {
    try (var container = RawServer.playing(c -> c.readRequest());
        var rig = GatewayFixture.over(traced(), container)) {
      try (var client = rig.connect()) {
        client.write(post("x"));
        await().until(() -> !container.heads().isEmpty());
      }
      assertThat(attribute(span("invoke"), "session_router.outcome")).isEqualTo("client_gone");
      assertThat(names()).contains("container", "route");
    }
  }

  @Test
  void histogramsHaveTheTraceAsExemplar() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(traced(), container);
        var client = rig.connect()) {
      client.write(post("hello", FROM_CLIENT));
      client.readResponse();
      span("invoke");

      assertThat(telemetry.registry.scrape(TextFormat.CONTENT_TYPE_OPENMETRICS_100).lines())
          .filteredOn(line -> line.startsWith("session_router_time_to_first_byte_seconds_bucket"))
          .anyMatch(line -> line.contains("trace_id=\"" + TRACE + "\""));
    }
  }

  @Test
  void whenTracesAreOffTheClientsGoesOnUnchanged() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("hello", FROM_CLIENT, "tracestate: vendor=7"));
      client.readResponse();

      assertThat(container.heads().getFirst()).contains(FROM_CLIENT, "tracestate: vendor=7");
      assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }
  }

  private SpanData span(String name) {
    await(name + " among the spans").until(() -> names().contains(name));
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<String> names() {
    return exporter.getFinishedSpanItems().stream().map(SpanData::getName).toList();
  }

  private static String attribute(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }
}
