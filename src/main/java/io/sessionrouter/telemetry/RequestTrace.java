package io.sessionrouter.telemetry;

import org.jspecify.annotations.Nullable;

/** The trace of one request, notified of its steps. Does nothing unless traces are on. */
public abstract class RequestTrace {

  /** Of a request that is not traced. */
  static final RequestTrace OFF = new RequestTrace() {};

  RequestTrace() {}

  /** The session store is asked something. */
  public void storeBegins(String what) {}

  /** It has answered, or failed. */
  public void storeEnded(boolean failed) {}

  /**
   * The request goes to an instance.
   *
   * @return the {@code traceparent} for the container, null to leave it as the client sent it
   */
  public @Nullable String sent(String variant, String instance) {
    return null;
  }

  /** The container's head is here. */
  public void answered() {}

  /**
   * The request is over.
   *
   * @param outcome as metrics call it
   */
  public void ended(String outcome, boolean failed) {}

  /** What this thread records until {@link #leave} is of this trace. */
  public void enter() {}

  public void leave() {}

  /** For the log. */
  public @Nullable String id() {
    return null;
  }
}
