package io.sessionrouter.fleet;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointPhase;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/** A fleet as the router has it, over real HTTP, for tests of other rooms. */
public final class TestFleet implements AutoCloseable {
  private final FleetMonitor fleet;
  private final WeightedPlacement placement;

  public TestFleet(
      Vertx vertx, EndpointCatalog catalog, Tls tls, SessionCounts counts, MeterRegistry registry) {
    FleetMeters meters = new FleetMeters(registry);
    fleet = new FleetMonitor(vertx, catalog, tls, meters, InstantSource.system(), counts);
    placement = new WeightedPlacement(counts, meters);
    fleet.start(new StartupEvent());
  }

  public FleetView fleet() {
    return fleet;
  }

  public Placement placement() {
    return placement;
  }

  /** The same endpoint in another phase. */
  public static EndpointFleet in(EndpointPhase phase, EndpointFleet fleet) {
    return new EndpointFleet(
        new Endpoint(fleet.settings(), phase), fleet.members(), fleet.departures(), fleet.known());
  }

  /** Whether the member is out for what it did to requests. */
  public static boolean ejected(Member member) {
    return member.health().ejected();
  }

  @Override
  public void close() {
    fleet.stop(new ShutdownEvent());
  }
}
