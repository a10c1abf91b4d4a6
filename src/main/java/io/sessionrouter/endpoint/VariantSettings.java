package io.sessionrouter.endpoint;

import java.net.URI;
import java.util.List;

/**
 * A set of instances that serve the same model build.
 *
 * @param weight share of new work, relative to the other variants' weights; 0 takes none
 * @param instances those that never change
 */
public record VariantSettings(
    String name, int weight, List<URI> instances, List<DiscoverySettings> discoveries) {

  /** A variant of these instances only. */
  public VariantSettings(String name, int weight, List<URI> instances) {
    this(name, weight, instances, List.of());
  }
}
