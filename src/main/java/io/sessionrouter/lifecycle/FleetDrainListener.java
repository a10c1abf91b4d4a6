package io.sessionrouter.lifecycle;

import io.sessionrouter.fleet.FleetDrains;
import io.sessionrouter.session.DrainListener;
import jakarta.inject.Singleton;
import java.util.Set;

/** Notifies the fleet which instances operators drain. */
@Singleton
final class FleetDrainListener implements DrainListener {
  private final FleetDrains fleet;

  FleetDrainListener(FleetDrains fleet) {
    this.fleet = fleet;
  }

  @Override
  public void drained(String endpoint, Set<String> instances) {
    fleet.drain(endpoint, instances);
  }
}
