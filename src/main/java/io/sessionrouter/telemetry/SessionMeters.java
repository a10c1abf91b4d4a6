package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the beginnings and ends of sessions, each once in the whole deployment. */
public final class SessionMeters {
  private final MeterRegistry registry;

  public SessionMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  public void opened(String endpoint) {
    count("session_router_sessions_opened", "Sessions stored", endpoint, "");
  }

  public void closed(String endpoint) {
    ended(endpoint, "closed");
  }

  public void lost(String endpoint) {
    ended(endpoint, "instance_lost");
  }

  /**
   * @param idle whether its idle time ran out, not its absolute one
   */
  public void expired(String endpoint, boolean idle) {
    ended(endpoint, idle ? "expired_idle" : "expired_absolute");
  }

  private void ended(String endpoint, String cause) {
    count("session_router_sessions_ended", "Sessions that ended, by cause", endpoint, cause);
  }

  private void count(String name, String description, String endpoint, String cause) {
    Counter.Builder counter =
        Counter.builder(name).description(description).tag("endpoint", endpoint);
    (cause.isEmpty() ? counter : counter.tag("cause", cause)).register(registry).increment();
  }
}
