package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** One router replica's session room, with everything around it in the test's hands. */
final class Replica implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final SessionModule room;
  final Sessions sessions;
  final Queue<String> closedOnContainer = new ConcurrentLinkedQueue<>();
  final Map<String, Integer> events = new ConcurrentHashMap<>();
  final Map<String, Long> owned = new ConcurrentHashMap<>();
  final Map<String, Set<String>> drained = new ConcurrentHashMap<>();
  final Set<String> instances = ConcurrentHashMap.newKeySet();
  volatile Function<Session, CompletionStage<Boolean>> container =
      session -> CompletableFuture.completedStage(true);
  final AtomicLong nanos = new AtomicLong();
  private final ManualPeriodic periodic = new ManualPeriodic();

  Replica(
      Vertx vertx,
      RedisOptions redis,
      InstantSource clock,
      SessionOptions options,
      EndpointSettings... endpoints) {
    SessionModule.Surroundings around =
        new SessionModule.Surroundings(
            vertx,
            new RedisClients(vertx, redis),
            catalog(endpoints),
            endpoint -> List.copyOf(instances),
            (endpoint, session) -> {
              closedOnContainer.add(session.id());
              return container.apply(session);
            },
            new Counted(),
            drained::put,
            clock);
    this.room = new SessionModule(around, options, periodic, nanos::get);
    this.sessions = room.sessions();
    room.start();
  }

  private static EndpointCatalog catalog(EndpointSettings... endpoints) {
    return new EndpointCatalog(
        Stream.of(endpoints).collect(Collectors.toMap(EndpointSettings::name, e -> e)));
  }

  /** Waits until Redis is there and changes are heard. */
  Replica connected() {
    await("connected to redis", () -> room.health().available() && room.health().subscribed());
    return this;
  }

  /** One round of all periodic work, and of what that began. */
  void round() {
    get(periodic.round());
    await("nothing more to reap", room::reapingIsIdle);
  }

  /** Begins a round, and does not wait for what it begins. */
  void begin() {
    get(periodic.round());
  }

  /** One round, and its own echo: rounds in quick succession would look like deafness otherwise. */
  void roundHeard() {
    round();
    Heartbeat heartbeat = (Heartbeat) room.health();
    await("echo of the heartbeat", () -> heartbeat.unheard() <= 1);
  }

  SessionLookup find(String endpoint, String id) {
    return find(endpoint, id, Asker.ANYBODY);
  }

  SessionLookup find(String endpoint, String id, Asker asker) {
    return get(sessions.find(endpoint, id, asker));
  }

  @Nullable SessionLookup cached(String endpoint, String id) {
    return sessions.cached(endpoint, id, Asker.ANYBODY);
  }

  boolean open(String endpoint, Session session) {
    return get(sessions.open(endpoint, session));
  }

  void close(String endpoint, Session session) {
    get(sessions.close(endpoint, session));
  }

  int told(String event) {
    return events.getOrDefault(event, 0);
  }

  @Override
  public void close() {
    get(room.stop());
  }

  /** Waits for a condition that something else brings about. */
  static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }

  static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** How the future fails. */
  static RouterException failure(Future<?> future) {
    try {
      throw new AssertionError("expected a failure, got " + get(future));
    } catch (RouterException expected) {
      return expected;
    }
  }

  private final class Counted implements SessionEvents {

    @Override
    public void opened(String endpoint) {
      count("opened");
    }

    @Override
    public void closed(String endpoint) {
      count("closed");
    }

    @Override
    public void lost(String endpoint, String instance, Loss why) {
      count("lost");
      count("lost " + why);
    }

    @Override
    public void expired(String endpoint, Expiry expiry) {
      count(expiry.name());
    }

    @Override
    public void owned(List<OwnedSessions> all) {
      owned.clear();
      all.forEach(each -> owned.put(each.endpoint() + " " + each.owner(), each.sessions()));
    }

    @Override
    public StoreEvents store() {
      return new StoreEvents() {

        @Override
        public void failed(Failure how) {
          count(how.name().toLowerCase(Locale.ROOT));
        }
      };
    }

    private void count(String event) {
      events.merge(event, 1, Integer::sum);
    }
  }
}
