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
   * The gateway could not connect to the member, or the member broke the connection before it
   * answered. Counts towards passive ejection and makes the next active check come at once.
   */
  void failed(Member member);

  /** The member answered. Cheap: called for every request. */
  void answered(Member member);
}
