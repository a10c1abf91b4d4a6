package io.sessionrouter.lifecycle;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.session.KnownInstances;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;

/** Notifies the session room which instances the fleet has. */
@Singleton
final class FleetInstances implements KnownInstances {
  private final FleetView fleet;

  FleetInstances(FleetView fleet) {
    this.fleet = fleet;
  }

  @Override
  public Collection<String> of(String endpoint) {
    EndpointFleet present = fleet.current().endpoint(endpoint);
    return present == null
        ? List.of()
        : present.members().stream().map(member -> member.instance().id()).toList();
  }
}
