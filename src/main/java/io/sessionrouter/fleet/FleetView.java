package io.sessionrouter.fleet;

/** Where the present fleet is read: one volatile read, never blocks. */
public interface FleetView {

  Fleet current();

  /**
   * The gateway could not connect to the member, or the member broke the connection before it
   * answered. Counts towards passive ejection and makes the next active check come at once.
   */
  void failed(Member member);

  /** The member answered. Cheap: called for every request. */
  void answered(Member member);
}
