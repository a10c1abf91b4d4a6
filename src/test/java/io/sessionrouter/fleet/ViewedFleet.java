package io.sessionrouter.fleet;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/** The fleet as one replica sees it, by what the test tells it; nothing runs before its start. */
public final class ViewedFleet {
  private final FleetMonitor fleet;

  public ViewedFleet(Vertx vertx, EndpointCatalog catalog, InstantSource clock) {
    fleet =
        new FleetMonitor(
            vertx,
            catalog,
            new Tls(ServerTlsSettings.NONE, catalog, TestRegistry.EMPTY),
            new FleetMeters(new SimpleMeterRegistry()),
            clock,
            (endpoint, instance) -> 0);
  }

  /** Begins to check instances. */
  public void start() {
    fleet.start(new StartupEvent());
  }

  public FleetView view() {
    return fleet;
  }

  FleetMonitor monitor() {
    return fleet;
  }

  public EndpointFleet endpoint(String name) {
    return fleet.current().endpoint(name);
  }

  public FleetUpdates.Source source(FleetUpdates.Vanished vanished) {
    return fleet.source("chat", "main", vanished);
  }

  public void settle() {
    fleet.settle();
  }

  public void close() {
    fleet.stop(new ShutdownEvent());
  }
}
