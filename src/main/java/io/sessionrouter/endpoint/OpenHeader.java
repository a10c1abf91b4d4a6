package io.sessionrouter.endpoint;

/** How a container is asked to open a session. */
public enum OpenHeader {
  /** By the router's own header. */
  ROUTER,
  /** By the client's. */
  FORWARD
}
