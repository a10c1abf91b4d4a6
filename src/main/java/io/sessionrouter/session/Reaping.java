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
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends sessions whose time is over, and asks their containers to release the memory.
 *
 * <p>The index says where to look, the record decides. Of several replicas the one that claims a
 * member in the index sees to it; a record that was refreshed in between is not ended, and a
 * session in use here is refreshed instead. A member is removed only when its container was
 * notified: if that fails, or this replica ends before, the claim ends, and the next one goes on.
 */
final class Reaping {
  private static final int BATCH_SIZE = 64;
  private static final int AT_ONCE = 8;
  private static final int MAX_TRIES = 3;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(12);

  /** Longer than a batch takes in which every container answers at the last moment. */
  static final Duration CLAIM_LIFE = Duration.ofMinutes(2);

  private final SessionRecords records;
  private final SessionIndex index;
  private final OwnerIndex owners;
  private final SessionCloser closer;
  private final SessionEvents events;
  private final LongSupplier connectedSince;
  private final InstantSource clock;

  /**
   * @param connectedSince when this replica last lost sight of Redis; the others may have lost it
   *     too, and could not write down that their sessions are in use
   */
  Reaping(
      SessionRecords records,
      SessionIndex index,
      OwnerIndex owners,
      SessionCloser closer,
      SessionEvents events,
      LongSupplier connectedSince,
      InstantSource clock) {
    this.records = records;
    this.index = index;
    this.owners = owners;
    this.closer = closer;
    this.events = events;
    this.connectedSince = connectedSince;
    this.clock = clock;
  }

  /**
   * Reaps some sessions of the instance, a few at a time.
   *
   * @return whether there may be more; fails if Redis or the container does not answer, what was
   *     not reached stays to be claimed again
   */
  Future<Boolean> batch(EndpointSessions sessions, String instance) {
    return index
        .claim(sessions.name(), instance, CLAIM_LIFE, BATCH_SIZE)
        .compose(
            members ->
                visitAll(sessions, instance, members).map(all -> members.size() == BATCH_SIZE));
  }

  private Future<Void> visitAll(
      EndpointSessions sessions, String instance, Collection<String> members) {
    Queue<String> left = new ConcurrentLinkedQueue<>(members);
    List<Future<Void>> workers = new ArrayList<>(AT_ONCE);
    for (int i = 0; i < AT_ONCE; i++) {
      workers.add(work(sessions, instance, left));
    }
    return Future.join(workers).mapEmpty();
  }

  /** One after the other, until none is left or one fails. */
  private Future<Void> work(EndpointSessions sessions, String instance, Queue<String> left) {
    String member = left.poll();
    return member == null
        ? Future.succeededFuture()
        : visit(sessions, instance, member)
            .onFailure(why -> left.clear())
            .compose(done -> work(sessions, instance, left));
  }

  private Future<Void> visit(EndpointSessions sessions, String instance, String member) {
    return IndexMember.isSlot(member)
        ? index.remove(sessions.name(), instance, member)
        : judge(new Visit(sessions, instance, member), MAX_TRIES);
  }

  /** A claimed member. */
  private record Visit(EndpointSessions sessions, String instance, String member) {

    String endpoint() {
      return sessions.name();
    }

    String id() {
      return IndexMember.id(member);
    }
  }

  private Future<Void> judge(Visit visit, int tries) {
    return records
        .read(visit.endpoint(), visit.id())
        .compose(stored -> judge(visit, stored, tries), why -> unreadable(visit, why));
  }

  private Future<Void> judge(Visit visit, @Nullable Stored stored, int tries) {
    return switch (stored) {
      case null -> forgotten(visit);
      case Tombstone ended -> ended.why() == Missing.EXPIRED ? forgotten(visit) : remove(visit);
      case Live(Session session) ->
          session.instance().equals(visit.instance) ? judge(visit, session, tries) : remove(visit);
    };
  }

  private Future<Void> judge(Visit visit, Session session, int tries) {
    EndpointSessions sessions = visit.sessions;
    Expiry expiry = sessions.ended(session, clock.millis());
    if (expiry == null) {
      return index.move(visit.endpoint(), session, later(sessions, session));
    }
    if (expiry == Expiry.ABSOLUTE) {
      return closeOnContainer(visit.endpoint(), session)
          .compose(done -> end(visit, session, expiry))
          .compose(ended -> remove(visit));
    }
    return tooSoon(sessions) ? Future.succeededFuture() : idle(visit, session, tries);
  }

  /**
   * It may be used until the very moment at which it is ended; only then is its container notified.
   */
  private Future<Void> idle(Visit visit, Session session, int tries) {
    return end(visit, session, Expiry.IDLE)
        .compose(
            ended -> {
              if (ended) {
                return closeOnContainer(visit.endpoint(), session).compose(done -> remove(visit));
              }
              return tries > 1 ? judge(visit, tries - 1) : Future.succeededFuture();
            });
  }

  /** A member whose record cannot be read would be due forever; the record itself is left alone. */
  private Future<Void> unreadable(Visit visit, Throwable why) {
    return why instanceof StoreUnavailable ? Future.failedFuture(why) : remove(visit);
  }

  /**
   * Who ended the session may not have come to notify its container, or nobody came to it for so
   * long that Redis forgot the record. Its id is known all the same, which is enough where an
   * instance has one model.
   */
  private Future<Void> forgotten(Visit visit) {
    if (visit.sessions.manyModels()) {
      return remove(visit);
    }
    long now = clock.millis();
    Session nameless = new Session(visit.id(), visit.instance, "", "", "", "", now, now, now);
    return closeOnContainer(visit.endpoint(), nameless).compose(done -> remove(visit));
  }

  private Future<Void> remove(Visit visit) {
    return index.remove(visit.endpoint(), visit.instance, visit.member);
  }

  /** A session in use here lives, though its record does not say so yet. */
  private long later(EndpointSessions sessions, Session session) {
    long now = clock.millis();
    long deadline = sessions.deadline(session);
    return deadline > now ? deadline : sessions.deadline(session.usedAt(now));
  }

  /** After Redis was away, every replica gets the time to write its uses down. */
  private boolean tooSoon(EndpointSessions sessions) {
    LastUses uses = sessions.uses();
    return uses != null && clock.millis() - connectedSince.getAsLong() < 2 * uses.gap();
  }

  /**
   * @return whether this call ended it
   */
  private Future<Boolean> end(Visit visit, Session session, Expiry expiry) {
    EndpointSessions sessions = visit.sessions;
    Tombstone tombstone = records.tombstone(Ending.of(expiry), session);
    return records
        .endUnchanged(visit.endpoint(), session, tombstone)
        .onSuccess(
            ended -> {
              if (ended) {
                sessions.near().did(session.id(), tombstone.remembered(), tombstone.until());
                sessions.counts().ended(session.instance(), sessions.deadline(session));
                owners.remove(visit.endpoint(), session);
                events.expired(visit.endpoint(), expiry);
              }
            });
  }

  private Future<Boolean> closeOnContainer(String endpoint, Session session) {
    return Future.succeededFuture()
        .compose(
            ignored ->
                Future.fromCompletionStage(closer.close(endpoint, session))
                    .timeout(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
  }
}
