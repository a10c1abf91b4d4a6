package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The meters of Redis as this replica sees it. */
public final class StoreMeters {
  private final MeterRegistry registry;
  private final Gauges gauges;
  private final Map<String, Timer> commands = new ConcurrentHashMap<>();

  /** Values of the label {@code reason}. */
  public enum StoreError {
    UNSENT,
    UNANSWERED,
    REFUSED
  }

  public StoreMeters(MeterRegistry registry) {
    this.registry = registry;
    this.gauges = new Gauges(registry);
    for (StoreError reason : StoreError.values()) {
      failures(reason);
    }
  }

  /** Watches whether Redis answers. */
  public void available(BooleanSupplier available) {
    gauges.show(Metric.STORE_AVAILABLE, () -> available.getAsBoolean() ? 1 : 0);
  }

  /** Watches whether Redis takes new sessions. */
  public void writable(BooleanSupplier writable) {
    Metric.STORE_WRITABLE.gauge(registry, writable, now -> now.getAsBoolean() ? 1 : 0);
  }

  /**
   * A command was answered, or will not be.
   *
   * @param command one of the few that the router sends
   */
  public void command(String command, long nanos) {
    commands
        .computeIfAbsent(command, c -> Metric.STORE_COMMAND.timer(registry, c))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  public void failed(StoreError reason) {
    failures(reason).increment();
  }

  private Counter failures(StoreError reason) {
    return Metric.STORE_ERRORS.counter(registry, reason.name().toLowerCase(Locale.ROOT));
  }

  public void connected(String link) {
    Metric.STORE_DISCONNECTS.counter(registry, link);
    Metric.STORE_CONNECTS.counter(registry, link).increment();
  }

  public void disconnected(String link) {
    Metric.STORE_DISCONNECTS.counter(registry, link).increment();
  }
}
