package io.sessionrouter.fleet;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All endpoints and their members at one moment; immutable. */
public final class Fleet {
  private final Map<String, EndpointFleet> endpoints;

  public Fleet(Map<String, EndpointFleet> endpoints) {
    this.endpoints = Map.copyOf(endpoints);
  }

  public @Nullable EndpointFleet endpoint(String name) {
    return endpoints.get(name);
  }

  public Collection<EndpointFleet> endpoints() {
    return endpoints.values();
  }
}
