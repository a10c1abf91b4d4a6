package io.sessionrouter.ops;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Member;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response.Status;
import java.util.Comparator;
import java.util.List;

/** Finds what management requests name, or says that it is not there. */
@Singleton
final class ManagedResources {
  private final FleetView fleet;

  ManagedResources(FleetView fleet) {
    this.fleet = fleet;
  }

  /** All endpoints, by name. */
  List<EndpointFleet> endpoints() {
    return fleet.current().endpoints().stream()
        .sorted(Comparator.comparing(e -> e.settings().name()))
        .toList();
  }

  EndpointFleet endpoint(String name) {
    EndpointFleet endpoint = fleet.current().endpoint(name);
    if (endpoint == null) {
      throw notFound("EndpointNotFound", "Endpoint " + name + " not found.");
    }
    return endpoint;
  }

  Member member(EndpointFleet endpoint, String id) {
    Member member = endpoint.member(id);
    if (member == null) {
      throw notFound(
          "InstanceNotFound",
          "Instance " + id + " of endpoint " + endpoint.settings().name() + " not found.");
    }
    return member;
  }

  private static ApiFailure notFound(String code, String message) {
    return new ApiFailure(Status.NOT_FOUND, code, message);
  }
}
