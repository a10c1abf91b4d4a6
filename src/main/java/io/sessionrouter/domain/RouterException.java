package io.sessionrouter.domain;

import org.jspecify.annotations.Nullable;

/** A failure on its way to the client: a row of the failure table and a message meant for users. */
public class RouterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureKind kind;

  /**
   * @param message what the client reads; it may name nothing internal
   */
  public RouterException(FailureKind kind, String message) {
    this(kind, message, null);
  }

  /**
   * @param cause for the log only, never for the client
   */
  public RouterException(FailureKind kind, String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.kind = kind;
  }

  public FailureKind kind() {
    return kind;
  }

  /** The message for the client, never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
