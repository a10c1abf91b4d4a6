package io.sessionrouter.endpoint;

/**
 * A room that keeps something of each endpoint.
 *
 * <p>Called by one thread at a time, never by an event loop; may block for a moment.
 */
public interface EndpointFollower {

  /**
   * Whether the room could serve the endpoint; nothing has changed yet.
   *
   * @throws IllegalArgumentException saying which setting it cannot work with
   */
  default void check(EndpointSettings settings) {}

  /** There is an endpoint that was not there before. */
  void added(Endpoint endpoint);

  /** The endpoint has other settings, or another phase. */
  void changed(Endpoint endpoint);

  /** Nothing uses the endpoint any more: what the room keeps of it is to be released. */
  void removed(String endpoint);
}
