package io.sessionrouter.gateway;

import io.sessionrouter.auth.quota.Usage;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.Sessions.OwnerSlot;
import org.jspecify.annotations.Nullable;

/**
 * What a request occupies while it runs: a part of its principal's quota, its route's slot and
 * model, its session, and its share of the instance. Each is released exactly once, however often
 * {@link #release} and {@link #releaseAll} are called.
 */
final class Holdings {
  private final Sessions sessions;
  private final String endpoint;
  private @Nullable Route route;
  private Sessions.@Nullable Slot slot;
  private @Nullable Session inUse;
  private @Nullable Member working;
  private @Nullable Usage usage;
  private @Nullable OwnerSlot ownerSlot;
  private boolean answered;

  Holdings(Sessions sessions, String endpoint) {
    this.sessions = sessions;
    this.endpoint = endpoint;
  }

  /** The request uses its principal's quota; null if it has none that this replica counts. */
  void use(@Nullable Usage begun) {
    usage = begun;
  }

  /** So many bytes of a body came whose length was not known before. */
  void received(long bytes) {
    if (usage != null) {
      usage.received(bytes);
    }
  }

  /** The session that is to open takes a place of its principal. */
  void acquire(OwnerSlot taken) {
    ownerSlot = taken;
  }

  /**
   * Acquires a route; does nothing if that route is held already.
   *
   * @param mayAct false until the request is verified: its session is not used before
   */
  @SuppressWarnings("ReferenceEquality") // an equal route holds a slot of its own
  void acquire(Route found, boolean mayAct) {
    if (found == route) {
      return;
    }
    release();
    route = found;
    slot = found.slot();
    if (mayAct) {
      verified();
    }
  }

  /** The request may use the session of its route. */
  void verified() {
    Session bound = route == null ? null : route.session();
    if (bound != null && inUse == null) {
      use(bound);
    }
  }

  /** Acquires the slot that the route was found without. */
  void acquire(Sessions.Slot taken) {
    slot = taken;
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
    releaseOwnerSlot();
    if (inUse == null) {
      use(begun);
    }
  }

  /** Releases all, because the request is over. */
  void releaseAll() {
    release();
    releaseOwnerSlot();
    Usage begun = usage;
    usage = null;
    if (begun != null) {
      begun.end();
    }
  }

  private void releaseOwnerSlot() {
    OwnerSlot taken = ownerSlot;
    ownerSlot = null;
    if (taken != null) {
      sessions.release(taken);
    }
  }

  /** Releases the route and all that belongs to it. */
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
