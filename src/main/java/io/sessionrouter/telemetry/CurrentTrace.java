package io.sessionrouter.telemetry;

import io.opentelemetry.api.trace.SpanContext;
import io.prometheus.client.exemplars.tracer.common.SpanContextSupplier;
import org.jspecify.annotations.Nullable;

/** The trace that the present thread records meters for: where exemplars get their ids from. */
final class CurrentTrace implements SpanContextSupplier {
  @SuppressWarnings("ThreadLocalUsage") // there is one object of this class
  private final ThreadLocal<@Nullable SpanContext> current = new ThreadLocal<>();

  void enter(SpanContext trace) {
    current.set(trace);
  }

  void leave() {
    current.remove();
  }

  @Override
  public @Nullable String getTraceId() {
    SpanContext trace = current.get();
    return trace == null ? null : trace.getTraceId();
  }

  @Override
  public @Nullable String getSpanId() {
    SpanContext trace = current.get();
    return trace == null ? null : trace.getSpanId();
  }

  @Override
  public boolean isSampled() {
    SpanContext trace = current.get();
    return trace != null && trace.isSampled();
  }
}
