package io.sessionrouter.session;

import io.sessionrouter.domain.Loss;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Who is notified of the beginnings and ends of sessions, for counting.
 *
 * <p>Each event is reported once, by the replica that brought it about. Called on event loops:
 * never blocks.
 */
public interface SessionEvents {

  /** Notifies nobody. */
  SessionEvents NONE = new SessionEvents() {};

  /** A session was stored. */
  default void opened(String endpoint) {}

  /** A session was closed by a client or an operator. */
  default void closed(String endpoint) {}

  /** A session was dropped because the instance that held its state is gone. */
  default void lost(String endpoint, String instance, Loss why) {}

  /** A session's time ran out and it was reaped. */
  default void expired(String endpoint, Expiry expiry) {}

  /** Offers the number of the endpoint's sessions that this replica remembers. */
  default void remembers(String endpoint, LongSupplier entries) {}

  /** So many live sessions have the principals that this replica serves; all that have any. */
  default void owned(List<OwnedSessions> all) {}

  /** The live sessions that a principal has of an endpoint. */
  record OwnedSessions(String endpoint, String owner, long sessions) {}

  /** The endpoint is no more. */
  default void forgets(String endpoint) {}

  /** Who is notified how Redis does. */
  default StoreEvents store() {
    return StoreEvents.NONE;
  }

  /** Which of a session's two times ran out. */
  enum Expiry {
    ABSOLUTE,
    IDLE
  }
}
