package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;

/** Where the present fleet is read: one volatile read, never blocks. */
public interface FleetView {

  Fleet current();

  /** Whether the instance is still in the fleet. */
  default boolean holds(Instance instance) {
    EndpointFleet endpoint = current().endpoint(instance.endpoint());
    Member member = endpoint == null ? null : endpoint.member(instance.id());
    return member != null && member.instance() == instance;
  }

  /**
   * The member failed a request before it answered. Makes the next active check come at once, and
   * counts towards passive ejection if it may be the member's fault.
   */
  void failed(Member member, InstanceFailure failure, Requester by);

  /** The member answered. Cheap: called for every request. */
  void answered(Member member, Requester by);
}
