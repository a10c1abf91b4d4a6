package io.sessionrouter.telemetry;

/** All that is reported of requests on the data port. */
public record Telemetry(RequestMeters meters, Tracing tracing, AccessLog accessLog) {

  /** Metrics, and nothing else. */
  public static Telemetry of(RequestMeters meters) {
    return new Telemetry(meters, Tracing.OFF, AccessLog.OFF);
  }
}
