package io.sessionrouter.endpoint;

/** How a container is told that a session is to be opened. */
public enum OpenHeader {
  /** By the router's own header. */
  ROUTER,
  /** By the client's. */
  FORWARD
}
