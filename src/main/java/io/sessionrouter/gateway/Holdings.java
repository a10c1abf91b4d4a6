package io.sessionrouter.gateway;

import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.session.Sessions;
import org.jspecify.annotations.Nullable;

/**
 * What a request occupies while it runs: its route's slot and model, its session, and its share of
 * the instance. Each is released exactly once, however often {@link #release} is called.
 */
final class Holdings {
  private final Sessions sessions;
  private final String endpoint;
  private @Nullable Route route;
  private Sessions.@Nullable Slot slot;
  private @Nullable Session inUse;
  private @Nullable Member working;
  private boolean answered;

  Holdings(Sessions sessions, String endpoint) {
    this.sessions = sessions;
    this.endpoint = endpoint;
  }

  /** Acquires a route; does nothing if that route is held already. */
  @SuppressWarnings("ReferenceEquality") // an equal route holds a slot of its own
  void acquire(Route found) {
    if (found == route) {
      return;
    }
    release();
    route = found;
    slot = found.slot();
    if (found.session() != null) {
      use(found.session());
    }
  }

  /** The session must not expire as long as the request runs. */
  private void use(Session session) {
    inUse = session;
    sessions.beginUse(endpoint, session);
  }

  /** The instance works on the request from now on. */
  void begin(Member member) {
    working = member;
    member.began();
  }

  void answered() {
    answered = true;
    if (working != null) {
      working.answered();
    }
  }

  /**
   * The session is stored, and counts by itself from now on.
   *
   * <p>A request that continues a session keeps that one in use.
   */
  void opened(Session begun) {
    releaseSlot();
    if (inUse == null) {
      use(begun);
    }
  }

  void release() {
    releaseSlot();
    releaseModel();
    Member member = working;
    working = null;
    if (member != null) {
      member.ended(answered);
    }
    Session session = inUse;
    inUse = null;
    if (session != null) {
      sessions.endUse(endpoint, session);
    }
  }

  private void releaseSlot() {
    Sessions.Slot taken = slot;
    slot = null;
    if (taken != null) {
      sessions.release(taken);
    }
  }

  private void releaseModel() {
    LoadedModel model = route == null ? null : route.model();
    route = null;
    if (model != null) {
      model.end();
    }
  }
}
