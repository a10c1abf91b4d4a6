package io.sessionrouter.ops;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.Departed;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.FleetView;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ends the sessions of instances that left, so that they are counted although nobody asks for them
 * again.
 *
 * <p>Every replica does it, and each session ends once. An instance is swept until that worked, and
 * for a while after it left: another replica may have seen it leave later, and placed one more
 * session.
 */
@Singleton
final class DepartedSessions {
  static final Duration PERIOD = Duration.ofSeconds(2);
  static final Duration AGAIN_FOR = Duration.ofMinutes(2);
  private static final int PAGE = 200;

  private final FleetView fleet;
  private final Sessions sessions;
  private final SessionListing listing;
  private final InstantSource clock;
  private final Set<Parting> swept = ConcurrentHashMap.newKeySet();
  private long timer = -1;
  private boolean sweeping;

  private record Parting(String endpoint, Departed instance) {}

  @Inject
  DepartedSessions(FleetView fleet, Sessions sessions, SessionListing listing) {
    this(fleet, sessions, listing, InstantSource.system());
  }

  DepartedSessions(
      FleetView fleet, Sessions sessions, SessionListing listing, InstantSource clock) {
    this.fleet = fleet;
    this.sessions = sessions;
    this.listing = listing;
    this.clock = clock;
  }

  synchronized void start(@Observes StartupEvent start, Vertx vertx) {
    timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> round());
  }

  synchronized void stop(@Observes ShutdownEvent stop, Vertx vertx) {
    vertx.cancelTimer(timer);
  }

  /** Sweeps what is due, one instance after the other. Never fails. */
  synchronized Future<Void> round() {
    if (sweeping) {
      return Future.succeededFuture();
    }
    sweeping = true;
    Future<Void> chain = Future.succeededFuture();
    for (Parting parting : due()) {
      chain = chain.compose(before -> sweep(parting));
    }
    return chain.onComplete(done -> sweptAll());
  }

  private synchronized void sweptAll() {
    sweeping = false;
  }

  private List<Parting> due() {
    List<Parting> all = new ArrayList<>();
    for (EndpointFleet endpoint : fleet.current().endpoints()) {
      String name = endpoint.settings().name();
      endpoint.departed().forEach(departed -> all.add(new Parting(name, departed)));
    }
    swept.retainAll(new HashSet<>(all));
    long now = clock.millis();
    all.removeIf(p -> swept.contains(p) && now - p.instance.at() > AGAIN_FOR.toMillis());
    return all;
  }

  /** What Redis does not do now is due again in the next round. */
  private Future<Void> sweep(Parting parting) {
    return page(parting, null)
        .onSuccess(done -> swept.add(parting))
        .recover(redisIsAway -> Future.succeededFuture());
  }

  private Future<Void> page(Parting parting, @Nullable String cursor) {
    return listing
        .list(parting.endpoint, List.of(parting.instance.instance()), PAGE, cursor)
        .compose(page -> lose(parting, page.sessions()).map(page))
        .compose(
            page ->
                page.cursor() == null ? Future.succeededFuture() : page(parting, page.cursor()));
  }

  /** An instance may have come back under its name, so each session is judged by itself. */
  private Future<Void> lose(Parting parting, List<Session> listed) {
    EndpointFleet endpoint = fleet.current().endpoint(parting.endpoint);
    List<Future<Void>> ends = new ArrayList<>();
    for (Session session : listed) {
      if (endpoint != null && endpoint.lost(session)) {
        Loss why = endpoint.member(session.instance()) == null ? Loss.LEFT : Loss.RESTARTED;
        ends.add(sessions.lose(parting.endpoint, session, why));
      }
    }
    return Future.join(ends).mapEmpty();
  }
}
