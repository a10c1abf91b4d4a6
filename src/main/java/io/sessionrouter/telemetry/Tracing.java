package io.sessionrouter.telemetry;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins the traces of requests; if it is off, that costs a call. */
public abstract sealed class Tracing {

  /** Traces nothing. */
  public static final Tracing OFF = new Off();

  private record Parent(@Nullable String traceparent, @Nullable String tracestate) {}

  /**
   * A request begins.
   *
   * @param operation what it asks for, which is the span's name
   * @param traceparent of the trace that a client asks to be part of; was checked
   * @param tracestate goes with it
   */
  public abstract RequestTrace begin(
      OperationKind operation,
      String endpoint,
      @Nullable String traceparent,
      @Nullable String tracestate);

  static Tracing with(Tracer tracer, CurrentTrace current) {
    return new On(tracer, current);
  }

  private static final class Off extends Tracing {

    @Override
    public RequestTrace begin(
        OperationKind operation,
        String endpoint,
        @Nullable String traceparent,
        @Nullable String tracestate) {
      return RequestTrace.OFF;
    }
  }

  private static final class On extends Tracing {
    private final Tracer tracer;
    private final CurrentTrace current;

    On(Tracer tracer, CurrentTrace current) {
      this.tracer = tracer;
      this.current = current;
    }

    @Override
    public RequestTrace begin(
        OperationKind operation,
        String endpoint,
        @Nullable String traceparent,
        @Nullable String tracestate) {
      Context above =
          W3CTraceContextPropagator.getInstance()
              .extract(Context.root(), new Parent(traceparent, tracestate), ParentHeaders.GETTER);
      return new SpanTrace(tracer, current, above, operation, endpoint);
    }
  }

  private static final class ParentHeaders implements TextMapGetter<Parent> {
    static final ParentHeaders GETTER = new ParentHeaders();

    @Override
    public Iterable<String> keys(Parent parent) {
      return List.of("traceparent", "tracestate");
    }

    @Override
    public @Nullable String get(@Nullable Parent parent, String key) {
      if (parent == null) {
        return null;
      }
      return switch (key) {
        case "traceparent" -> parent.traceparent();
        case "tracestate" -> parent.tracestate();
        default -> null;
      };
    }
  }
}
