package io.sessionrouter.session;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Interner;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Backoff;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.Room;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The session room put together: {@link Sessions} and all that runs behind it.
 *
 * <p>Nothing here waits for Redis. A room that starts while Redis is away answers {@code
 * STORE_UNAVAILABLE} until it comes.
 */
public final class SessionModule implements EndpointFollower {
  private static final int REPLICA_NAME_LENGTH = 8;
  private static final Duration DEBTS_EVERY = Duration.ofSeconds(1);
  private static final Duration WRITES_EVERY = Duration.ofSeconds(2);
  private static final Duration TRIM_EVERY = Duration.ofMinutes(1);
  private static final Duration DRAINS_EVERY = Duration.ofSeconds(5);
  private static final int CONNECT_TIMEOUTS = 2;

  private final SessionOptions options;
  private final Periodic periodic;
  private final Map<String, EndpointSessions> endpoints = new ConcurrentHashMap<>();
  private final RedisLink commandLink;
  private final RedisLink subscription;
  private final Heartbeat heartbeat;
  private final WriteProbe writes;
  private final RetryQueue debts;
  private final LastUseWriter uses;
  private final SessionCountRefresh counts;
  private final Activity activity;
  private final Reaper reaper;
  private final RedisSessions sessions;
  private final IndexListing listing;
  private final EndedSessions ended;
  private final OwnerSlots ownerSlots;
  private final OwnerCounts ownerCounts;
  private final RedisDrains drains;
  private final RedisLoadMarks loadMarks;
  private final InstantSource clock;
  private final SessionEvents events;
  private volatile long connectedSince;
  private volatile boolean started;

  /** What the room needs from outside. */
  public record Surroundings(
      Vertx vertx,
      Function<String, Redis> clients,
      EndpointCatalog catalog,
      KnownInstances instances,
      SessionCloser closer,
      SessionEvents events,
      DrainListener drains,
      InstantSource clock) {}

  /**
   * @param around its {@code clients} makes a new Redis client, by its name, for every connection;
   *     the room closes them
   */
  public SessionModule(Surroundings around, SessionOptions options) {
    this(around, options, new VertxPeriodic(around.vertx, new Random()), System::nanoTime);
  }

  /**
   * @param nanos the time that passes, whatever clocks are set to
   */
  SessionModule(
      Surroundings around, SessionOptions options, Periodic periodic, LongSupplier nanos) {
    String replica = UUID.randomUUID().toString().substring(0, REPLICA_NAME_LENGTH);
    Interner<String> strings = Interner.newWeakInterner();
    this.options = options;
    this.periodic = periodic;
    this.clock = around.clock;
    this.connectedSince = clock.millis();
    this.commandLink = link("commands", around, connection -> Future.succeededFuture());
    RedisCommands commands =
        new RedisCommands(
            commandLink,
            options.commandTimeout(),
            around.events.store(),
            new RedisErrors(nanos),
            nanos);
    InvalidationChannel changes = new InvalidationChannel(replica, new Hearing());
    this.subscription = link("changes", around, changes::subscribe);
    this.writes = new WriteProbe(commands, replica);
    this.heartbeat =
        new Heartbeat(commands, commandLink, subscription, writes, replica, options, nanos);
    this.debts = new RetryQueue(commandLink::up);
    RecordCodec codec = new RecordCodec(strings::intern);
    SessionRecords records =
        new SessionRecords(commands, codec, replica, options.remembered(), clock);
    SessionIndex index = new SessionIndex(commands, options.remembered(), clock);
    OwnerIndex owners = new OwnerIndex(commands, options.remembered(), clock);
    OwnedListing owned = new OwnedListing(records, owners, clock);
    this.ownerCounts = new OwnerCounts(owners, around.events);
    this.ownerSlots = new OwnerSlots(owners, owned, debts, clock);
    this.uses = new LastUseWriter(records, index, clock);
    this.activity = new Activity(new ReplicaNotices(commands, Keys.ACTIVE, clock), clock);
    this.reaper =
        new Reaper(
            new Reaping(
                records, index, owners, around.closer, around.events, () -> connectedSince, clock),
            around.instances,
            clock);
    this.counts =
        new SessionCountRefresh(endpoints, index, around.instances, activity, reaper, clock);
    this.sessions =
        new RedisSessions(
            endpoints,
            records,
            index,
            owners,
            ownerSlots,
            ownerCounts,
            uses,
            debts,
            writes,
            activity,
            around.events,
            this::nearCacheIsCurrent,
            strings::intern,
            clock);
    this.ended =
        (endpoint, id, asker) -> records.read(endpoint, id).map(stored -> ended(stored, asker));
    this.listing = new IndexListing(endpoints, records, index, owned, clock);
    this.drains =
        new RedisDrains(
            commands,
            new ReplicaNotices(commands, Keys.DRAINS_CHANGED, clock),
            endpoints.keySet(),
            around.instances,
            around.drains,
            clock);
    this.loadMarks = new RedisLoadMarks(commands, clock);
    this.events = around.events;
    events.store().watches(heartbeat::available);
    events.store().watchesWrites(heartbeat::writable);
    around.catalog.follow(Room.SESSIONS, this);
  }

  @Override
  public void added(Endpoint endpoint) {
    EndpointSessions sessions =
        new EndpointSessions(endpoint.settings(), options.nearCacheSize(), clock);
    endpoints.put(endpoint.name(), sessions);
    events.remembers(endpoint.name(), sessions.near()::size);
    if (started) {
      drains.refresh(endpoint.name());
      writeUses(sessions);
    }
  }

  @Override
  public void changed(Endpoint endpoint) {
    EndpointSessions sessions = requireNonNull(endpoints.get(endpoint.name()));
    boolean kept = sessions.uses() != null;
    sessions.configure(endpoint.settings());
    if (started && !kept) {
      writeUses(sessions);
    }
  }

  @Override
  public void removed(String endpoint) {
    endpoints.remove(endpoint);
    drains.forget(endpoint);
    events.forgets(endpoint);
  }

  private static @Nullable EndedSession ended(@Nullable Stored stored, Asker asker) {
    return stored instanceof Stored.Tombstone ended && asker.sees(ended.owner())
        ? new EndedSession(ended.why(), ended.until(), ended.facts())
        : null;
  }

  public Sessions sessions() {
    return sessions;
  }

  public SessionListing listing() {
    return listing;
  }

  /** What is remembered of sessions that ended. */
  public EndedSessions ended() {
    return ended;
  }

  public DrainMarks drains() {
    return drains;
  }

  public LoadMarks loadMarks() {
    return loadMarks;
  }

  public StoreHealth health() {
    return heartbeat;
  }

  /** Begins to connect, and to look after the sessions. Returns at once. */
  public void start() {
    commandLink.start();
    subscription.start();
    periodic.every(options.heartbeat(), this::beat);
    periodic.every(WRITES_EVERY, writes::probe);
    periodic.every(DEBTS_EVERY, debts::settle);
    periodic.every(DRAINS_EVERY, drains::refreshChanged);
    periodic.every(options.countEvery(), counts::refresh);
    periodic.every(OwnerCounts.PERIOD, ownerCounts::refresh);
    periodic.every(TRIM_EVERY, this::trim);
    started = true;
    endpoints.values().forEach(this::writeUses);
  }

  private void writeUses(EndpointSessions sessions) {
    periodic.everySo(() -> gap(sessions), () -> uses.writeDue(sessions));
  }

  /** How often last uses are to be written down; null once there are none to write. */
  private @Nullable Duration gap(EndpointSessions sessions) {
    LastUses kept = endpoints.get(sessions.name()) == sessions ? sessions.uses() : null;
    return kept == null ? null : Duration.ofMillis(kept.gap());
  }

  /** Whether nothing is being reaped. */
  boolean reapingIsIdle() {
    return reaper.idle();
  }

  private Future<Void> trim() {
    reaper.trim();
    ownerSlots.trim();
    return Future.join(activity.trim(), drains.trim()).mapEmpty();
  }

  /** Writes down the last uses, then hangs up. Never fails. */
  public Future<Void> stop() {
    periodic.stop();
    List<Future<Void>> writes = new ArrayList<>();
    endpoints.values().forEach(endpoint -> writes.add(uses.writeAll(endpoint)));
    return Future.all(writes).<Void>mapEmpty().onComplete(done -> hangUp());
  }

  private void hangUp() {
    subscription.stop();
    commandLink.stop();
  }

  /** While Redis refuses writes, uses cannot be written down either. */
  private Future<Void> beat() {
    if (!commandLink.up() || !heartbeat.writable()) {
      connectedSince = clock.millis();
    }
    return heartbeat.beat();
  }

  /** Without news the near cache may be outdated; it is used then only if Redis is away too. */
  private boolean nearCacheIsCurrent() {
    return heartbeat.current() || !heartbeat.reachable();
  }

  /** Does what the given one does, and probes as soon as the connection is there. */
  private RedisLink.Preparation probedAfter(RedisLink.Preparation first) {
    return new RedisLink.Preparation() {

      @Override
      public Future<Void> apply(RedisConnection connection) {
        return first.apply(connection);
      }

      @Override
      public void up() {
        heartbeat.beat();
        writes.probe();
      }
    };
  }

  private RedisLink link(String name, Surroundings around, RedisLink.Preparation preparation) {
    return new RedisLink(
        name,
        around.vertx,
        () -> around.clients.apply(name),
        new Backoff(options.firstBackoff(), options.longestBackoff(), new Random()),
        options.commandTimeout().multipliedBy(CONNECT_TIMEOUTS),
        probedAfter(preparation),
        around.events.store());
  }

  private final class Hearing implements InvalidationChannel.Listener {

    @Override
    public void changed(String endpoint, String id) {
      EndpointSessions changed = endpoints.get(endpoint);
      if (changed != null) {
        changed.near().forget(id);
      }
    }

    @Override
    public void drainsChanged(String endpoint) {
      drains.refresh(endpoint);
    }

    @Override
    public void missed() {
      heartbeat.deaf();
      endpoints.values().forEach(endpoint -> endpoint.near().forgetAll());
      drains.refresh();
    }

    @Override
    public void received(String words) {
      heartbeat.received(words);
    }
  }
}
