package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.session.Stored.Tombstone;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Ends sessions in Redis, and later what Redis could not end at once. */
final class SessionEnds {
  private final SessionRecords records;
  private final SessionIndex index;
  private final OwnerIndex owners;
  private final RetryQueue debts;

  SessionEnds(SessionRecords records, SessionIndex index, OwnerIndex owners, RetryQueue debts) {
    this.records = records;
    this.index = index;
    this.owners = owners;
    this.debts = debts;
  }

  /**
   * Ends a session.
   *
   * @param sessions of its endpoint; null if that is gone
   * @param notify is run if it is this replica that ended the session
   */
  Future<Void> end(
      @Nullable EndpointSessions sessions, Session session, Ending ending, Runnable notify) {
    if (sessions == null) {
      return Future.succeededFuture(); // its sessions ended with it
    }
    Tombstone tombstone = records.tombstone(ending, session);
    return records
        .end(sessions.name(), session, tombstone)
        .onSuccess(ended -> settleEnd(sessions, session, tombstone, ended, notify))
        .onFailure(failure -> oweEnd(sessions, session, tombstone, notify))
        .mapEmpty();
  }

  private void settleEnd(
      EndpointSessions sessions,
      Session session,
      Tombstone tombstone,
      boolean ended,
      Runnable notify) {
    if (!ended) {
      sessions.near().forget(session.id());
      return;
    }
    sessions.near().did(session.id(), tombstone.remembered(), tombstone.until());
    sessions.counts().ended(session.instance(), sessions.deadline(session));
    removeFromIndex(sessions, session);
    notify.run();
  }

  /** That the session has ended is a fact, whether Redis could be reached or not. */
  private void oweEnd(
      EndpointSessions sessions, Session session, Tombstone tombstone, Runnable notify) {
    sessions.near().did(session.id(), tombstone.remembered(), tombstone.until());
    debts.owe(
        "end of a session",
        () ->
            records
                .end(sessions.name(), session, tombstone)
                .onSuccess(ended -> settleEnd(sessions, session, tombstone, ended, notify)));
  }

  /** A member that stays would take a place on the instance until its time is over. */
  private void removeFromIndex(EndpointSessions sessions, Session session) {
    index
        .remove(sessions.name(), session)
        .onFailure(why -> debts.owe("index member", () -> index.remove(sessions.name(), session)));
    owners
        .remove(sessions.name(), session)
        .onFailure(why -> debts.owe("index member", () -> owners.remove(sessions.name(), session)));
  }
}
