package io.sessionrouter.fleet.discovery;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.telemetry.DiscoveryMeters;
import io.sessionrouter.telemetry.DiscoveryMeters.Feed;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import java.time.InstantSource;

/** What the meters show of one discovery. */
final class Shown {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Feed feed;

  Shown(Source source) {
    feed = new DiscoveryMeters(registry).feed("chat", "main", source, InstantSource.system());
  }

  boolean connected() {
    return registry.get("session_router_discovery_connected").gauge().value() == 1;
  }

  double queries() {
    return registry.get("session_router_discovery_queries").counter().count();
  }

  double errors(String reason) {
    return registry.get("session_router_discovery_errors").tag("reason", reason).counter().count();
  }

  /** Errors of all other reasons. */
  double errorsBut(String reason) {
    return registry.get("session_router_discovery_errors").counters().stream()
        .filter(counter -> !reason.equals(counter.getId().getTag("reason")))
        .mapToDouble(counter -> counter.count())
        .sum();
  }
}
