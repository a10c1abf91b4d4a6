package io.sessionrouter.domain;

/** What is known of a session id: its affinity, or why there is none. */
public sealed interface SessionLookup {

  /** The session lives; requests go to its instance and nowhere else. */
  record Found(Session session) implements SessionLookup {}

  /** The session does not live, and why. */
  enum Missing implements SessionLookup {
    /** Never known, or ended longer ago than ended sessions are remembered. */
    UNKNOWN(FailureKind.SESSION_UNKNOWN, "is not known"),
    /** Its absolute or idle time ran out. */
    EXPIRED(FailureKind.SESSION_EXPIRED, "has expired"),
    /** Closed by a client or an operator. */
    CLOSED(FailureKind.SESSION_CLOSED, "is closed"),
    /** The instance that held its state is gone. */
    LOST(FailureKind.SESSION_LOST, "is lost: the instance that held the session is gone");

    private final FailureKind failure;
    private final String predicate;

    Missing(FailureKind failure, String predicate) {
      this.failure = failure;
      this.predicate = predicate;
    }

    /** How a request of the session fails. */
    public FailureKind failure() {
      return failure;
    }

    /** What is wrong, as a sentence for people without its point. */
    public String sentence(String id) {
      return "Session " + id + " " + predicate;
    }
  }
}
