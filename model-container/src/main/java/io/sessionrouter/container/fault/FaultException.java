package io.sessionrouter.container.fault;

import org.jspecify.annotations.Nullable;

/**
 * A failure whose message a client may read; it carries no stack because it is an expected answer.
 */
public final class FaultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Fault fault;
  private final @Nullable String key;

  FaultException(Fault fault, String message) {
    this(fault, message, null);
  }

  private FaultException(Fault fault, String message, @Nullable String key) {
    super(message, null, false, false);
    this.fault = fault;
    this.key = key;
  }

  /** The same, of a key of the request. */
  public FaultException about(String ofRequest) {
    return new FaultException(fault, text(), ofRequest);
  }

  /** The key of the request that is at fault; null if none is. */
  public @Nullable String key() {
    return key;
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
