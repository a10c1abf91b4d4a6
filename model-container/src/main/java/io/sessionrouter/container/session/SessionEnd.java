package io.sessionrouter.container.session;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.Locale;

/** Why a session is over. */
public enum SessionEnd {
  /** A client closed it. */
  CLOSED(Fault.SESSION_CLOSED, "was closed"),
  /** Its time to live or its idle timeout was over. */
  EXPIRED(Fault.SESSION_EXPIRED, "has expired"),
  /** The container was stopped. */
  DRAINED(Fault.SESSION_EVICTED, "ended because the container was stopped"),
  /** It gave way to others. */
  EVICTED(Fault.SESSION_EVICTED, "was evicted because the memory for sessions ran short"),
  /** Its model was unloaded. */
  UNLOADED(Fault.SESSION_EVICTED, "ended because its model was unloaded"),
  /** Opening it failed, so nobody ever knew its id. */
  ABANDONED(Fault.SESSION_NOT_FOUND, "is not known to this container");

  private final Fault fault;
  private final String words;

  SessionEnd(Fault fault, String words) {
    this.fault = fault;
    this.words = words;
  }

  FaultException refusal(String id) {
    return fault.because("the session %s %s; open a new one with NEW_SESSION", id, words);
  }

  /** The name in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
