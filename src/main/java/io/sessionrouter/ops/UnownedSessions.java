package io.sessionrouter.ops;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.auth.AuthSettings;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.session.SessionListing;
import io.sessionrouter.session.StoreHealth;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Says once how many sessions nobody owns, where callers are authenticated: they are of the time
 * before, and nobody can continue them.
 */
@Singleton
final class UnownedSessions {
  static final int MAX_PAGES = 20;

  private static final Logger LOG = Logger.getLogger(UnownedSessions.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final AuthSettings auth;
  private final StoreHealth store;
  private final ManagedResources directory;
  private final SessionListing listing;
  private long timer = -1;

  UnownedSessions(
      AuthSettings auth, StoreHealth store, ManagedResources directory, SessionListing listing) {
    this.auth = auth;
    this.store = store;
    this.directory = directory;
    this.listing = listing;
  }

  synchronized void start(@Observes StartupEvent start, Vertx vertx) {
    if (auth.on()) {
      timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> tick(vertx, tick));
    }
  }

  synchronized void stop(@Observes ShutdownEvent stop, Vertx vertx) {
    vertx.cancelTimer(timer);
  }

  /** Once Redis answers and the instances are known, since sessions are found by those. */
  private void tick(Vertx vertx, long timerId) {
    List<EndpointFleet> endpoints = directory.endpoints();
    if (store.available() && endpoints.stream().allMatch(EndpointFleet::complete)) {
      vertx.cancelTimer(timerId);
      count(endpoints).onSuccess(UnownedSessions::report).onFailure(UnownedSessions::unknown);
    }
  }

  /**
   * What was counted.
   *
   * @param all whether all sessions were looked at
   */
  record Counted(long sessions, boolean all) {}

  /** Looks at so many pages of sessions of all endpoints. */
  Future<Counted> count(List<EndpointFleet> endpoints) {
    return new Walk(endpoints).next();
  }

  private static void report(Counted counted) {
    if (counted.sessions > 0) {
      LOG.warnf(
          "sessions without an owner, from before callers were authenticated: nobody can continue"
              + " them, and only who may see any session can close them count=%d complete=%b",
          counted.sessions, counted.all);
    }
  }

  private static void unknown(Throwable why) {
    LOG.warnf("sessions without an owner were not counted cause=%s", why);
  }

  private final class Walk {
    private final Deque<EndpointFleet> left;
    private @Nullable String cursor;
    private long sessions;
    private int pages;

    Walk(List<EndpointFleet> endpoints) {
      this.left = new ArrayDeque<>(endpoints);
    }

    Future<Counted> next() {
      EndpointFleet endpoint = left.peekFirst();
      if (endpoint == null || pages == MAX_PAGES) {
        return Future.succeededFuture(new Counted(sessions, endpoint == null));
      }
      pages++;
      List<String> instances = endpoint.members().stream().map(m -> m.instance().id()).toList();
      return listing
          .list(
              endpoint.settings().name(),
              instances,
              Asker.ANYBODY,
              SessionListing.MAX_LIMIT,
              cursor)
          .compose(this::take);
    }

    private Future<Counted> take(SessionListing.Page page) {
      sessions += page.sessions().stream().filter(session -> session.owner().isEmpty()).count();
      cursor = page.cursor();
      if (cursor == null) {
        left.removeFirst();
      }
      return next();
    }
  }
}
