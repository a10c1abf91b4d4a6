package io.sessionrouter.lifecycle;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointPhase;
import io.sessionrouter.fleet.DepartedInstance;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.SessionListing;
import io.sessionrouter.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Forgets endpoints that were retired or deleted as soon as nothing uses them, and ends the
 * sessions of those that were deleted.
 *
 * <p>An endpoint is used while it has requests or live sessions, and no longer than a session may
 * live: what Redis cannot be asked about has expired by then.
 */
@Singleton
public final class EndpointRemoval {
  private static final Logger LOG = Logger.getLogger(EndpointRemoval.class);

  static final Duration PERIOD = Duration.ofSeconds(1);

  /**
   * So long nothing uses it before it is forgotten: a request may be on its way to its instance.
   */
  static final Duration QUIET = Duration.ofSeconds(5);

  static final int PAGE_SIZE = 200;

  private final EndpointCatalog catalog;
  private final FleetView fleet;
  private final Sessions sessions;
  private final SessionListing listing;
  private final SessionCloser closer;
  private final InstantSource clock;
  private final Map<String, Leaving> leaving = new ConcurrentHashMap<>();
  private long timer = -1;
  private boolean looking;

  /**
   * An endpoint that is to be forgotten.
   *
   * @param since when it was first seen to be
   * @param usedAt when something used it last
   */
  private record Leaving(EndpointPhase phase, long since, long usedAt) {}

  @Inject
  EndpointRemoval(
      EndpointCatalog catalog,
      FleetView fleet,
      Sessions sessions,
      SessionListing listing,
      SessionCloser closer) {
    this(catalog, fleet, sessions, listing, closer, InstantSource.system());
  }

  EndpointRemoval(
      EndpointCatalog catalog,
      FleetView fleet,
      Sessions sessions,
      SessionListing listing,
      SessionCloser closer,
      InstantSource clock) {
    this.catalog = catalog;
    this.fleet = fleet;
    this.sessions = sessions;
    this.listing = listing;
    this.closer = closer;
    this.clock = clock;
  }

  synchronized void start(@Observes StartupEvent start, Vertx vertx) {
    timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> tick(vertx));
  }

  synchronized void stop(@Observes ShutdownEvent stop, Vertx vertx) {
    vertx.cancelTimer(timer);
  }

  /** What fails is tried again by the next one. */
  Future<Void> tick(Vertx vertx) {
    return round()
        .compose(over -> forget(vertx, over))
        .onFailure(failed -> LOG.error("endpoints cannot be removed", failed));
  }

  /** Not on an event loop: the catalog's followers may wait for one another. */
  private Future<Void> forget(Vertx vertx, List<String> over) {
    if (over.isEmpty()) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(
        () -> {
          over.forEach(this::forget);
          return null;
        });
  }

  private void forget(String endpoint) {
    catalog.remove(endpoint);
    LOG.infof("endpoint removed, nothing uses it any more endpoint=%s", endpoint);
  }

  /** Looks at what leaves. Never fails: answers the endpoints that nothing uses any more. */
  synchronized Future<List<String>> round() {
    if (looking) {
      return Future.succeededFuture(List.of());
    }
    List<Endpoint> ending =
        catalog.all().stream().filter(e -> e.phase() != EndpointPhase.IN_SERVICE).toList();
    leaving.keySet().retainAll(ending.stream().map(Endpoint::name).toList());
    looking = true;
    List<String> over = new ArrayList<>();
    Future<Void> chain = Future.succeededFuture();
    for (Endpoint endpoint : ending) {
      chain = chain.compose(before -> look(endpoint, over));
    }
    return chain.map(over).onComplete(done -> looked());
  }

  private synchronized void looked() {
    looking = false;
  }

  private Future<Void> look(Endpoint endpoint, List<String> over) {
    long now = clock.millis();
    Leaving known =
        leaving.compute(
            endpoint.name(),
            (name, before) ->
                before != null && before.phase == endpoint.phase()
                    ? before
                    : new Leaving(endpoint.phase(), now, now));
    if (now - known.since >= endpoint.settings().sessions().maxTtl().toMillis()) {
      over.add(endpoint.name());
      return Future.succeededFuture();
    }
    return used(endpoint)
        .otherwise(true)
        .map(
            used -> {
              if (used) {
                leaving.put(endpoint.name(), new Leaving(known.phase, known.since, now));
              } else if (now - known.usedAt >= QUIET.toMillis()) {
                over.add(endpoint.name());
              }
              return null;
            });
  }

  /** Whether anything uses it. Fails if that cannot be known. */
  private Future<Boolean> used(Endpoint endpoint) {
    EndpointFleet present = fleet.current().endpoint(endpoint.name());
    if (present == null) {
      return Future.succeededFuture(false);
    }
    boolean busy = present.members().stream().anyMatch(m -> m.inFlight() > 0);
    return endpoint.phase() == EndpointPhase.DELETED
        ? endSessions(present).map(ended -> busy || ended)
        : busy || hasSessions(present)
            ? Future.succeededFuture(true)
            : list(present, 1).map(page -> !page.sessions().isEmpty());
  }

  /** As far as this replica remembers: who has some is not asked for by others. */
  private boolean hasSessions(EndpointFleet endpoint) {
    String name = endpoint.settings().name();
    return endpoint.members().stream().anyMatch(m -> sessions.bound(name, m.instance().id()) > 0);
  }

  private Future<SessionListing.Page> list(EndpointFleet endpoint, int limit) {
    return listing.list(
        endpoint.settings().name(), instances(endpoint), Asker.ANYBODY, limit, null);
  }

  private static List<String> instances(EndpointFleet endpoint) {
    List<String> all = new ArrayList<>();
    endpoint.members().stream().map(Member::instance).forEach(i -> all.add(i.id()));
    endpoint.departed().stream().map(DepartedInstance::instance).forEach(all::add);
    return all;
  }

  /**
   * Ends a page of sessions, on their containers, too.
   *
   * @return whether there were any
   */
  private Future<Boolean> endSessions(EndpointFleet endpoint) {
    return list(endpoint, PAGE_SIZE)
        .compose(
            page -> {
              String name = endpoint.settings().name();
              List<Future<Void>> ends = new ArrayList<>();
              for (Session session : page.sessions()) {
                closer.close(name, session);
                ends.add(sessions.close(name, session));
              }
              return Future.join(ends).map(!page.sessions().isEmpty());
            });
  }
}
