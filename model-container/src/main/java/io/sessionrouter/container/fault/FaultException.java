package io.sessionrouter.container.fault;

/**
 * A failure whose message a client may read; it carries no stack because it is an expected answer.
 */
public final class FaultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Fault fault;

  FaultException(Fault fault, String message) {
    super(message, null, false, false);
    this.fault = fault;
  }

  /** Which row of the error table this is. */
  public Fault fault() {
    return fault;
  }

  /** The message, which every failure has. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
