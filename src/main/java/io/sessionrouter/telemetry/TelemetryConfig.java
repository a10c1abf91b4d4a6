package io.sessionrouter.telemetry;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The access log and traces as users configure them. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface TelemetryConfig {

  /** Whether every request is logged in one line, under the category `io.sessionrouter.access`. */
  @WithDefault("false")
  boolean accessLog();

  /** Traces of requests. */
  Tracing tracing();

  /** Traces of requests. */
  interface Tracing {

    /**
     * Where spans are sent: the URL of a collector that takes OTLP over HTTP, such as
     * `http://collector:4318`; `off` for no traces.
     */
    @WithDefault("off")
    String collector();

    /**
     * Share of the traces that begin here which are recorded, 0 to 1; for the trace of a client,
     * the client's decision holds.
     */
    @WithDefault("1")
    double sampleRatio();
  }
}
