package io.sessionrouter.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * A request's trace as OpenTelemetry spans: one for the request, and under it one for the way to an
 * instance, one for each question to the store, one for the container. Used on one event loop.
 */
final class SpanTrace extends RequestTrace {
  private static final AttributeKey<String> ENDPOINT =
      AttributeKey.stringKey("session_router.endpoint");
  private static final AttributeKey<String> VARIANT =
      AttributeKey.stringKey("session_router.variant");
  private static final AttributeKey<String> INSTANCE =
      AttributeKey.stringKey("session_router.model_instance");
  private static final AttributeKey<String> OUTCOME =
      AttributeKey.stringKey("session_router.outcome");

  private final Tracer tracer;
  private final CurrentTrace current;
  private final Span request;
  private final Context inRequest;
  private final Span route;
  private @Nullable Span store;
  private @Nullable Span container;

  SpanTrace(
      Tracer tracer,
      CurrentTrace current,
      Context parent,
      OperationKind operation,
      String endpoint) {
    this.tracer = tracer;
    this.current = current;
    this.request =
        tracer
            .spanBuilder(operation.label())
            .setSpanKind(SpanKind.SERVER)
            .setParent(parent)
            .setAttribute(ENDPOINT, endpoint)
            .startSpan();
    this.inRequest = parent.with(request);
    this.route = tracer.spanBuilder("route").setParent(inRequest).startSpan();
  }

  @Override
  public void storeBegins(String what) {
    store =
        tracer
            .spanBuilder("store " + what)
            .setSpanKind(SpanKind.CLIENT)
            .setParent(inRequest)
            .startSpan();
  }

  @Override
  public void storeEnded(boolean failed) {
    end(store, failed);
    store = null;
  }

  @Override
  public String sent(String variant, String instance) {
    route.end();
    Span to =
        tracer
            .spanBuilder("container")
            .setSpanKind(SpanKind.CLIENT)
            .setParent(inRequest)
            .setAttribute(VARIANT, variant)
            .setAttribute(INSTANCE, instance)
            .startSpan();
    container = to;
    return traceparent(to.getSpanContext());
  }

  private static String traceparent(SpanContext span) {
    return "00-" + span.getTraceId() + '-' + span.getSpanId() + '-' + span.getTraceFlags().asHex();
  }

  @Override
  public void answered() {
    Span to = container;
    if (to != null) {
      to.addEvent("first byte");
    }
  }

  @Override
  public void ended(String outcome, boolean failed) {
    end(store, failed);
    end(container, failed);
    route.end();
    request.setAttribute(OUTCOME, outcome);
    end(request, failed);
  }

  private static void end(@Nullable Span span, boolean failed) {
    if (span == null) {
      return;
    }
    if (failed) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  @Override
  public void enter() {
    current.enter(request.getSpanContext());
  }

  @Override
  public void leave() {
    current.leave();
  }

  @Override
  public String id() {
    return request.getSpanContext().getTraceId();
  }
}
