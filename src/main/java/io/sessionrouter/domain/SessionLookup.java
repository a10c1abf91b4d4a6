package io.sessionrouter.domain;

/** What is known of a session id: its affinity, or why there is none. */
public sealed interface SessionLookup {

  /** The session lives; requests go to its instance and nowhere else. */
  record Found(Session session) implements SessionLookup {}

  /** The session does not live, and why. */
  enum Missing implements SessionLookup {
    /** Never heard of, or ended longer ago than ended sessions are remembered. */
    UNKNOWN,
    /** Its absolute or idle time ran out. */
    EXPIRED,
    /** Closed by a client or an operator. */
    CLOSED,
    /** The instance that held its state is gone. */
    LOST
  }
}
