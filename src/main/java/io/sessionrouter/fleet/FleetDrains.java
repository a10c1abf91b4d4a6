package io.sessionrouter.fleet;

import java.util.Set;

/** Where the fleet is notified which instances operators drain. */
public interface FleetDrains {

  /**
   * All instances of the endpoint that operators drain now, whether they are in the fleet or not;
   * replaces what was said before. Known for an endpoint that is yet to come, too.
   */
  void drain(String endpoint, Set<String> instances);
}
