package io.sessionrouter.endpoint;

import java.util.Collection;
import java.util.Map;

/**
 * The endpoints that exist.
 *
 * @param endpoints by name
 */
public record EndpointCatalog(Map<String, EndpointSettings> endpoints) {

  public EndpointCatalog {
    endpoints = Map.copyOf(endpoints);
  }

  /** All endpoints, in no order. */
  public Collection<EndpointSettings> all() {
    return endpoints.values();
  }
}
