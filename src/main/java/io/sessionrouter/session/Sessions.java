package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.domain.SessionLookup;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of all endpoints: what the gateway asks and reports.
 *
 * <p>Never blocks. Futures complete on any thread, and fail with a {@link
 * io.sessionrouter.domain.RouterException} of kind {@code STORE_UNAVAILABLE} when Redis does not
 * answer in time.
 */
public interface Sessions extends SessionCounts {

  /**
   * What this replica knows without asking Redis. Of sessions of others it knows nothing.
   *
   * @return null if it has to be asked, with {@link #find}
   */
  @Nullable SessionLookup cached(String endpoint, String id, Asker asker);

  /**
   * What is known of the id: from the near cache, else from Redis. A session of somebody else is
   * looked for like one that is not there, and is not found.
   */
  Future<SessionLookup> find(String endpoint, String id, Asker asker);

  /**
   * Stores a new session unless the id is taken.
   *
   * @return false if another session has this id; that one is left as it is
   */
  Future<Boolean> open(String endpoint, Session session);

  /** Ends a session; from now on every replica answers that it is closed. */
  Future<Void> close(String endpoint, Session session);

  /**
   * Ends a session whose instance is gone, unless it was changed meanwhile; from now on every
   * replica answers that it is lost.
   */
  Future<Void> lose(String endpoint, Session session, Loss why);

  /**
   * A request of the session begins. Until {@link #endUse} the session does not end by being idle.
   */
  void beginUse(String endpoint, Session session);

  /** The request is over, stream and all. */
  void endUse(String endpoint, Session session);

  /**
   * Takes a slot for a session about to be opened, if the instance has fewer than {@code max}
   * sessions and slots taken; exact across replicas. The slot is released by {@link #release}, or
   * by itself after a while.
   *
   * @return the slot, or null if the instance is full
   */
  Future<@Nullable Slot> reserve(String endpoint, String instance, int max);

  /** Gives a slot back, because the session was opened (and now counts itself) or was not. */
  void release(Slot slot);

  /**
   * Takes a slot for a session about to be opened, if the principal has fewer than {@code max}
   * sessions and slots of the endpoint; exact across replicas. The slot is released by {@link
   * #release(OwnerSlot)}, or by itself after a while.
   *
   * @return the slot, or null if the principal has as many sessions as it may
   */
  Future<@Nullable OwnerSlot> reserveFor(String endpoint, String owner, long max);

  /** Gives a slot back, because the session was opened (and now counts itself) or was not. */
  void release(OwnerSlot slot);

  /** A place for one session of one principal. */
  record OwnerSlot(String endpoint, String owner, String token) {}

  /** A place for one session on one instance. */
  record Slot(String endpoint, String instance, String token) {}
}
