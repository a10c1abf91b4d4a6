package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.Stored.Live;
import io.sessionrouter.session.Stored.Tombstone;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The sessions of all endpoints: records in Redis, and what this replica remembers of them. */
final class RedisSessions implements Sessions {
  private final Map<String, EndpointSessions> endpoints;
  private final SessionRecords records;
  private final SessionIndex index;
  private final LastUseWriter uses;
  private final RetryQueue debts;
  private final WriteProbe writes;
  private final Activity activity;
  private final SessionEvents events;
  private final BooleanSupplier nearCacheIsCurrent;
  private final UnaryOperator<String> intern;
  private final InstantSource clock;
  private final SessionEnds ends;
  private final SlotReservations slots;
  private final OwnerIndex owners;
  private final OwnerSlots ownerSlots;
  private final OwnerCounts ownerCounts;

  /**
   * @param endpoints those there are now
   * @param nearCacheIsCurrent whether what this replica remembers may be trusted: it receives
   *     changes, or Redis cannot be asked
   */
  RedisSessions(
      Map<String, EndpointSessions> endpoints,
      SessionRecords records,
      SessionIndex index,
      OwnerIndex owners,
      OwnerSlots ownerSlots,
      OwnerCounts ownerCounts,
      LastUseWriter uses,
      RetryQueue debts,
      WriteProbe writes,
      Activity activity,
      SessionEvents events,
      BooleanSupplier nearCacheIsCurrent,
      UnaryOperator<String> intern,
      InstantSource clock) {
    this.endpoints = endpoints;
    this.records = records;
    this.index = index;
    this.owners = owners;
    this.ownerSlots = ownerSlots;
    this.ownerCounts = ownerCounts;
    this.uses = uses;
    this.debts = debts;
    this.writes = writes;
    this.activity = activity;
    this.events = events;
    this.nearCacheIsCurrent = nearCacheIsCurrent;
    this.intern = intern;
    this.clock = clock;
    this.ends = new SessionEnds(records, index, owners, debts);
    this.slots = new SlotReservations(index, debts, activity, clock);
  }

  @Override
  public @Nullable SessionLookup cached(String endpoint, String id, Asker asker) {
    EndpointSessions sessions = endpoints.get(endpoint);
    if (sessions == null) {
      return Missing.UNKNOWN;
    }
    return nearCacheIsCurrent.getAsBoolean()
        ? sessions.remembered(id, asker, clock.millis())
        : null;
  }

  @Override
  public Future<SessionLookup> find(String endpoint, String id, Asker asker) {
    SessionLookup known = cached(endpoint, id, asker);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    EndpointSessions sessions = endpoints.get(endpoint);
    if (sessions == null) {
      return Future.succeededFuture(Missing.UNKNOWN);
    }
    long stamp = sessions.near().stamp(id);
    return records
        .read(endpoint, id)
        .map(stored -> learn(sessions, id, stored, stamp, asker))
        .recover(why -> withoutRedis(sessions, id, asker, why));
  }

  @Override
  public Future<Boolean> open(String endpoint, Session session) {
    EndpointSessions sessions = endpoints.get(endpoint);
    if (sessions == null) {
      return removed(endpoint);
    }
    Session lean = lean(session);
    long stamp = sessions.near().stamp(lean.id());
    return records
        .claim(endpoint, lean)
        .map(claimed -> opened(sessions, lean, claimed, stamp))
        .onFailure(why -> unsureOfClaim(endpoint, lean, why));
  }

  @Override
  public Future<Void> close(String endpoint, Session session) {
    return ends.end(endpoints.get(endpoint), session, Ending.CLOSED, () -> events.closed(endpoint));
  }

  @Override
  public Future<Void> lose(String endpoint, Session session, Loss why) {
    return ends.end(
        endpoints.get(endpoint),
        session,
        Ending.of(why),
        () -> events.lost(endpoint, session.instance(), why));
  }

  @Override
  public void beginUse(String endpoint, Session session) {
    EndpointSessions sessions = endpoints.get(endpoint);
    if (sessions != null) {
      uses.begin(sessions, session);
    }
  }

  @Override
  public void endUse(String endpoint, Session session) {
    EndpointSessions sessions = endpoints.get(endpoint);
    if (sessions != null) {
      uses.end(sessions, session);
    }
  }

  @Override
  public Future<@Nullable Slot> reserve(String endpoint, String instance, int max) {
    EndpointSessions sessions = endpoints.get(endpoint);
    return sessions == null ? removed(endpoint) : slots.reserve(sessions, instance, max);
  }

  @Override
  public void release(Slot slot) {
    slots.release(endpoints.get(slot.endpoint()), slot);
  }

  @Override
  public Future<@Nullable OwnerSlot> reserveFor(String endpoint, String owner, long max) {
    EndpointSessions sessions = endpoints.get(endpoint);
    return sessions == null ? removed(endpoint) : ownerSlots.reserve(sessions, owner, max);
  }

  @Override
  public void release(OwnerSlot slot) {
    ownerSlots.release(slot);
  }

  @Override
  public int bound(String endpoint, String instance) {
    EndpointSessions sessions = endpoints.get(endpoint);
    return sessions == null ? 0 : sessions.counts().bound(instance);
  }

  private SessionLookup learn(
      EndpointSessions sessions, String id, @Nullable Stored stored, long stamp, Asker asker) {
    return switch (stored) {
      case null -> unknown(sessions, id);
      case Tombstone tombstone -> {
        Missing why = ended(sessions, id, tombstone, stamp);
        yield asker.sees(tombstone.owner()) ? why : Missing.UNKNOWN;
      }
      case Live(Session session) -> {
        SessionLookup lookup = judged(sessions, session, stamp);
        yield asker.sees(session.owner()) ? lookup : Missing.UNKNOWN;
      }
    };
  }

  private static SessionLookup unknown(EndpointSessions sessions, String id) {
    sessions.near().forget(id);
    return Missing.UNKNOWN;
  }

  private static Missing ended(
      EndpointSessions sessions, String id, Tombstone tombstone, long stamp) {
    sessions.near().learn(id, tombstone.remembered(), tombstone.until(), stamp);
    return tombstone.why();
  }

  private SessionLookup judged(EndpointSessions sessions, Session session, long stamp) {
    if (sessions.ended(session, clock.millis()) != null) {
      return Missing.EXPIRED;
    }
    ownerCounts.seen(sessions.name(), session.owner());
    Remembered live = Remembered.Live.of(session);
    sessions.near().learn(session.id(), live, session.expiresAt(), stamp);
    return live.lookup();
  }

  /** Sessions that this replica has seen go on; for the rest there is no guess. */
  private Future<SessionLookup> withoutRedis(
      EndpointSessions sessions, String id, Asker asker, Throwable why) {
    SessionLookup known =
        why instanceof StoreUnavailable ? sessions.remembered(id, asker, clock.millis()) : null;
    return known == null ? Future.failedFuture(why) : Future.succeededFuture(known);
  }

  private boolean opened(EndpointSessions sessions, Session session, boolean claimed, long stamp) {
    if (claimed) {
      sessions.near().learn(session.id(), Remembered.Live.of(session), session.expiresAt(), stamp);
      sessions.counts().change(session.instance(), 1);
      activity.on(sessions.name(), session.instance());
      addToIndex(sessions, session);
      ownerCounts.seen(sessions.name(), session.owner());
      events.opened(sessions.name());
    }
    return claimed;
  }

  private void addToIndex(EndpointSessions sessions, Session session) {
    long deadline = sessions.deadline(session);
    index
        .add(sessions.name(), session, deadline)
        .onFailure(
            why -> owe(sessions, session, () -> index.add(sessions.name(), session, deadline)));
    owners
        .add(sessions.name(), session)
        .onFailure(why -> owe(sessions, session, () -> owners.add(sessions.name(), session)));
  }

  private void owe(EndpointSessions sessions, Session session, Supplier<Future<Void>> add) {
    debts.owe("index member", () -> addIfLive(sessions, session, add));
  }

  /** It may have ended meanwhile, and its member been removed. */
  private Future<Void> addIfLive(
      EndpointSessions sessions, Session session, Supplier<Future<Void>> add) {
    return records
        .read(sessions.name(), session.id())
        .compose(stored -> stored instanceof Live ? add.get() : Future.succeededFuture());
  }

  /**
   * The caller learns that the session was not stored. If Redis stored it all the same, or is yet
   * to, the record must not stay usable.
   */
  private void unsureOfClaim(String endpoint, Session session, Throwable why) {
    writes.failed(endpoint, session.id(), why);
    if (StoreUnavailable.outcomeUnknown(why)) {
      debts.owe(
          "unconfirmed session",
          () -> records.end(endpoint, session, records.tombstone(Ending.CLOSED, session)));
    }
  }

  /** Many sessions share these strings; a replica keeps one object of each. */
  private Session lean(Session session) {
    return new Session(
        session.id(),
        intern.apply(session.instance()),
        intern.apply(session.bootId()),
        intern.apply(session.variant()),
        intern.apply(session.model()),
        intern.apply(session.owner()),
        session.createdAt(),
        session.expiresAt(),
        session.usedAt());
  }

  /** The endpoint ended while the request was on its way. */
  private static <T extends @Nullable Object> Future<T> removed(String endpoint) {
    return Future.failedFuture(
        new RouterException(FailureKind.UNKNOWN_ENDPOINT, "Endpoint " + endpoint + " not found."));
  }
}
