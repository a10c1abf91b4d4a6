package io.sessionrouter.container;

import java.util.Objects;

/** No connection to a container could be opened: nothing was sent. */
public final class Unreachable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Unreachable(Throwable cause) {
    super(cause.getMessage(), cause, false, false);
  }

  /** The failure of the connect. */
  Throwable why() {
    return Objects.requireNonNull(getCause());
  }
}
