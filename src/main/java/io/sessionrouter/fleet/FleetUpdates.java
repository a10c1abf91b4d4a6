package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import java.util.Collection;

/** Where a discovery tells which instances an endpoint has now. */
interface FleetUpdates {

  /**
   * Replaces the instances of a configured endpoint. An instance that stays keeps its {@link
   * Member}, with its health and the work under way; one that left is checked no longer.
   *
   * @throws IllegalArgumentException if no such endpoint is configured
   */
  void replace(String endpoint, Collection<Instance> instances);
}
