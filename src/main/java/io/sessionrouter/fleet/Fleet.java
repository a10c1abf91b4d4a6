package io.sessionrouter.fleet;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All endpoints and their members at one moment; immutable. */
public final class Fleet {
  private final Map<String, EndpointFleet> endpoints;

  public Fleet(Map<String, EndpointFleet> endpoints) {
    this.endpoints = Map.copyOf(endpoints);
  }

  /** The same with this endpoint in place of the one of its name. */
  Fleet with(EndpointFleet endpoint) {
    Map<String, EndpointFleet> all = new HashMap<>(endpoints);
    all.put(endpoint.settings().name(), endpoint);
    return new Fleet(all);
  }

  Fleet without(String endpoint) {
    Map<String, EndpointFleet> all = new HashMap<>(endpoints);
    all.remove(endpoint);
    return new Fleet(all);
  }

  public @Nullable EndpointFleet endpoint(String name) {
    return endpoints.get(name);
  }

  public Collection<EndpointFleet> endpoints() {
    return endpoints.values();
  }
}
