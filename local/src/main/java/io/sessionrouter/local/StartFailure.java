package io.sessionrouter.local;

/** A reason why the demo cannot run, in words for the person who started it. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartFailure(String message) {
    super(message, null, false, false);
  }
}
