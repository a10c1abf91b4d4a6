package io.sessionrouter.ops;

import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.Room;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.telemetry.RequestMeters;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Shows the counters of each endpoint from its beginning, and nothing of it after its end.
 *
 * <p>Prometheus sees no increase from nothing to one, so a counter begins with its endpoint.
 */
@Singleton
final class EndpointMeters implements EndpointFollower {
  private final EndpointCatalog catalog;
  private final RequestMeters requests;
  private final FleetMeters fleet;

  EndpointMeters(EndpointCatalog catalog, RequestMeters requests, FleetMeters fleet) {
    this.catalog = catalog;
    this.requests = requests;
    this.fleet = fleet;
  }

  void start(@Observes StartupEvent start) {
    catalog.follow(Room.METERS, this);
  }

  @Override
  public void added(Endpoint endpoint) {
    requests.expect(endpoint.name());
    fleet.expect(endpoint.name());
  }

  @Override
  public void changed(Endpoint endpoint) {
    added(endpoint);
  }

  @Override
  public void removed(String endpoint) {
    requests.forget(endpoint);
  }
}
