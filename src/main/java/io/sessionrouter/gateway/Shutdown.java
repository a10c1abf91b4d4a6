package io.sessionrouter.gateway;

/** How far the data port is with its end; written by one thread, read by every event loop. */
final class Shutdown {
  private volatile boolean announced;
  private volatile boolean closed;

  /** Clients are asked to go elsewhere: every response is the last of its connection. */
  boolean announced() {
    return announced;
  }

  /** Nobody else is let in. */
  boolean closed() {
    return closed;
  }

  void announce() {
    announced = true;
  }

  void close() {
    announced = true;
    closed = true;
  }
}
