package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.SessionEvents.Expiry;
import io.sessionrouter.session.Stored.Live;
import io.sessionrouter.session.Stored.Tombstone;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends sessions whose time is over, and tells their containers to give the memory back.
 *
 * <p>The index says where to look, the record decides. Of several replicas that find the same
 * session, the one whose write ends the record closes it on the container; a record that was
 * refreshed in between is not ended. A session in use here is refreshed instead.
 */
final class Reaper {
  private static final Logger LOG = Logger.getLogger(Reaper.class);
  private static final int BATCH = 64;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final SessionRecords records;
  private final SessionIndex index;
  private final KnownInstances instances;
  private final SessionCloser closer;
  private final SessionEvents events;
  private final LongSupplier connectedSince;
  private final InstantSource clock;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  /**
   * @param connectedSince when this replica last lost sight of Redis; the others may have lost it
   *     too, and could not write down that their sessions are in use
   */
  Reaper(
      SessionRecords records,
      SessionIndex index,
      KnownInstances instances,
      SessionCloser closer,
      SessionEvents events,
      LongSupplier connectedSince,
      InstantSource clock) {
    this.records = records;
    this.index = index;
    this.instances = instances;
    this.closer = closer;
    this.events = events;
    this.connectedSince = connectedSince;
    this.clock = clock;
  }

  /**
   * One round over the endpoint's instances; an instance still busy with the round before is left
   * out. Never fails.
   */
  Future<Void> sweep(EndpointSessions sessions) {
    List<Future<?>> sweeps = new ArrayList<>();
    for (String instance : instances.of(sessions.name())) {
      String lane = Keys.index(sessions.name(), instance);
      if (busy.add(lane)) {
        sweeps.add(sweep(sessions, instance).onComplete(done -> busy.remove(lane)));
      }
    }
    return Future.join(sweeps).recover(why -> Future.succeededFuture()).mapEmpty();
  }

  private Future<Void> sweep(EndpointSessions sessions, String instance) {
    return index
        .due(sessions.name(), instance, BATCH)
        .compose(
            members -> {
              List<Future<?>> visits = new ArrayList<>(members.size());
              for (String member : members) {
                visits.add(visit(sessions, instance, member));
              }
              return Future.join(visits).mapEmpty();
            });
  }

  private Future<Void> visit(EndpointSessions sessions, String instance, String member) {
    if (IndexMember.isSlot(member)) {
      return index.remove(sessions.name(), instance, member);
    }
    return records
        .read(sessions.name(), IndexMember.id(member))
        .compose(stored -> judge(sessions, instance, member, stored))
        .recover(why -> unreadable(sessions, instance, member, why));
  }

  private Future<Void> judge(
      EndpointSessions sessions, String instance, String member, @Nullable Stored stored) {
    if (!(stored instanceof Live live) || !live.session().instance().equals(instance)) {
      return index.remove(sessions.name(), instance, member);
    }
    Session session = live.session();
    Expiry expiry = sessions.ended(session, clock.millis());
    if (expiry == null) {
      return index.move(sessions.name(), session, later(sessions, session));
    }
    return expiry == Expiry.IDLE && tooSoon(sessions)
        ? Future.succeededFuture()
        : reap(sessions, session, expiry);
  }

  /** A member whose record cannot be read would be due forever; the record itself is left alone. */
  private Future<Void> unreadable(
      EndpointSessions sessions, String instance, String member, Throwable why) {
    return why instanceof StoreUnavailable
        ? Future.failedFuture(why)
        : index.remove(sessions.name(), instance, member);
  }

  /** A session in use here lives, though its record does not say so yet. */
  private long later(EndpointSessions sessions, Session session) {
    long now = clock.millis();
    long deadline = sessions.deadline(session);
    return deadline > now ? deadline : sessions.deadline(session.usedAt(now));
  }

  /** After Redis was away, every replica gets the time to write its uses down. */
  private boolean tooSoon(EndpointSessions sessions) {
    Uses uses = sessions.uses();
    return uses != null && clock.millis() - connectedSince.getAsLong() < 2 * uses.gap();
  }

  private Future<Void> reap(EndpointSessions sessions, Session session, Expiry expiry) {
    Tombstone tombstone = records.tombstone(Missing.EXPIRED, session);
    return records
        .endUnchanged(sessions.name(), session, tombstone)
        .compose(
            won -> won ? reaped(sessions, session, tombstone, expiry) : Future.succeededFuture());
  }

  private Future<Void> reaped(
      EndpointSessions sessions, Session session, Tombstone tombstone, Expiry expiry) {
    sessions.near().did(session.id(), tombstone.why(), tombstone.until());
    sessions.counts().change(session.instance(), -1);
    events.expired(sessions.name(), expiry);
    return Future.join(index.remove(sessions.name(), session), close(sessions, session)).mapEmpty();
  }

  private Future<Boolean> close(EndpointSessions sessions, Session session) {
    return Future.succeededFuture()
        .compose(
            ignored ->
                Future.fromCompletionStage(closer.close(sessions.name(), session))
                    .timeout(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS))
        .recover(why -> notClosed(sessions, session, why));
  }

  /** The container's own expiry will free the memory. */
  private static Future<Boolean> notClosed(
      EndpointSessions sessions, Session session, Throwable why) {
    LOG.warnf(
        "expired session not closed on its container endpoint=%s instance=%s cause=%s",
        sessions.name(), session.instance(), why);
    return Future.succeededFuture(false);
  }
}
