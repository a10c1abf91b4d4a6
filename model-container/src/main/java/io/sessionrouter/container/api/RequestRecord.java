package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import java.time.Duration;

/** What the metrics learn about one request: what it was, how it ended, how long it took. */
final class RequestRecord {
  private final ContainerMetrics metrics;
  private final long arrived = System.nanoTime();
  private volatile String operation = "unknown";

  RequestRecord(ContainerMetrics metrics) {
    this.metrics = metrics;
  }

  /** What it turned out to be. */
  void is(Operation known) {
    operation = known.label();
  }

  /** Its reply begins. */
  void firstText() {
    metrics.firstText(elapsed());
  }

  /** It was answered. */
  void succeeded() {
    metrics.request(operation, "ok", elapsed());
  }

  /** It was refused, failed, or given up. */
  void failed(Fault fault) {
    metrics.request(operation, fault.label(), elapsed());
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - arrived);
  }
}
