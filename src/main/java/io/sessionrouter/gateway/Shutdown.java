package io.sessionrouter.gateway;

/** How far the data port is with its end; written by one thread, read by every event loop. */
public final class Shutdown {
  private volatile boolean announced;
  private volatile boolean closed;

  /** Clients are asked to go elsewhere: every response is the last of its connection. */
  public boolean announced() {
    return announced;
  }

  /** Nobody else is let in. */
  public boolean closed() {
    return closed;
  }

  public void announce() {
    announced = true;
  }

  public void close() {
    announced = true;
    closed = true;
  }
}
