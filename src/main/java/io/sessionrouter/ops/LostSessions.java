package io.sessionrouter.ops;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Session;
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
 * Ends the sessions of instances that lost their state, so that they are counted, and no longer
 * take their instance's slots, although nobody asks for them again.
 *
 * <p>Every replica does it, and each session ends once. An instance is swept until that worked; one
 * that left also for a while after: another replica may have seen it leave later, and placed one
 * more session.
 */
@Singleton
final class LostSessions {
  static final Duration PERIOD = Duration.ofSeconds(2);
  static final Duration AGAIN_FOR = Duration.ofMinutes(2);
  static final int PAGE = 200;

  private final FleetView fleet;
  private final Sessions sessions;
  private final SessionListing listing;
  private final InstantSource clock;
  private final InstanceLosses losses = new InstanceLosses();
  private final Set<InstanceLoss> swept = ConcurrentHashMap.newKeySet();
  private long timer = -1;
  private boolean sweeping;

  @Inject
  LostSessions(FleetView fleet, Sessions sessions, SessionListing listing) {
    this(fleet, sessions, listing, InstantSource.system());
  }

  LostSessions(FleetView fleet, Sessions sessions, SessionListing listing, InstantSource clock) {
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
    List<InstanceLoss> due = due();
    sweeping = true;
    Future<Void> chain = Future.succeededFuture();
    for (InstanceLoss loss : due) {
      chain = chain.compose(before -> sweep(loss));
    }
    return chain.onComplete(done -> sweptAll());
  }

  private synchronized void sweptAll() {
    sweeping = false;
  }

  private List<InstanceLoss> due() {
    long now = clock.millis();
    List<InstanceLoss> all = losses.look(fleet.current().endpoints(), now);
    swept.retainAll(new HashSet<>(all));
    all.removeIf(loss -> swept.contains(loss) && !again(loss, now));
    return all;
  }

  private static boolean again(InstanceLoss loss, long now) {
    return loss.left() && now - loss.at() <= AGAIN_FOR.toMillis();
  }

  /** What Redis does not do now is due again in the next round. */
  private Future<Void> sweep(InstanceLoss loss) {
    return page(loss, null)
        .onSuccess(done -> swept.add(loss))
        .recover(redisIsAway -> Future.succeededFuture());
  }

  private Future<Void> page(InstanceLoss loss, @Nullable String cursor) {
    return listing
        .list(loss.endpoint(), List.of(loss.instance()), PAGE, cursor)
        .compose(page -> end(loss.endpoint(), page.sessions()).map(page))
        .compose(
            page -> page.cursor() == null ? Future.succeededFuture() : page(loss, page.cursor()));
  }

  /** An instance may be there again, with new sessions, so each session is judged by itself. */
  private Future<Void> end(String name, List<Session> listed) {
    EndpointFleet endpoint = fleet.current().endpoint(name);
    List<Future<Void>> ends = new ArrayList<>();
    for (Session session : listed) {
      if (endpoint != null && endpoint.lost(session)) {
        ends.add(sessions.lose(name, session, endpoint.cause(session)));
      }
    }
    return Future.join(ends).mapEmpty();
  }
}
