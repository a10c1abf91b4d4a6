package io.sessionrouter.lifecycle;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Asker;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ends the sessions of instances that lost their state, so that they are counted, and no longer
 * take their instance's slots, although nobody asks for them again.
 *
 * <p>Every replica does it, and each session ends once. An instance is swept when something new is
 * known of it; again, less and less often, while it has sessions of which nobody knows yet what
 * became of them; and a last time after a while, since another replica may have known later, and
 * placed one more session.
 */
@Singleton
public final class LostSessions {
  static final Duration PERIOD = Duration.ofSeconds(2);
  static final Duration RARE_PERIOD = Duration.ofSeconds(20);
  static final Duration AGAIN_AFTER = Duration.ofMinutes(2);
  static final int PAGE_SIZE = 200;

  /**
   * How long an instance is gone before that is taken to be more than a view of this replica, which
   * another does not share. Requests do not wait for it: they have met a closed door themselves.
   */
  static final Duration CERTAIN_AFTER = Duration.ofSeconds(10);

  private final FleetView fleet;
  private final Sessions sessions;
  private final SessionListing listing;
  private final InstantSource clock;
  private final InstanceLosses losses = new InstanceLosses();
  private final Map<InstanceLoss, Sweep> swept = new ConcurrentHashMap<>();
  private long timer = -1;
  private boolean sweeping;

  /**
   * The last sweep that worked.
   *
   * @param undecided how many sweeps in a row left sessions of which nothing was known
   */
  private record Sweep(long at, int undecided) {

    /** When the next is due, if that is before the last of all. */
    long again() {
      long wait = PERIOD.toMillis() << Math.min(undecided - 1, 10);
      return at + Math.min(wait, RARE_PERIOD.toMillis());
    }
  }

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
    swept.keySet().retainAll(new HashSet<>(all));
    all.removeIf(loss -> !due(loss, swept.get(loss), now));
    return all;
  }

  private static boolean due(InstanceLoss loss, @Nullable Sweep last, long now) {
    if (last == null) {
      return !loss.gone() || now - loss.since() >= CERTAIN_AFTER.toMillis();
    }
    long end = loss.since() + AGAIN_AFTER.toMillis();
    return (last.undecided > 0 && now >= last.again()) || (now >= end && last.at < end);
  }

  /** What Redis does not do now is due again in the next round. */
  private Future<Void> sweep(InstanceLoss loss) {
    long now = clock.millis();
    return page(loss, null, false)
        .onSuccess(undecided -> note(loss, now, undecided))
        .<Void>mapEmpty()
        .recover(redisIsAway -> Future.succeededFuture());
  }

  private void note(InstanceLoss loss, long at, boolean undecided) {
    swept.compute(
        loss, (l, last) -> new Sweep(at, !undecided ? 0 : last == null ? 1 : last.undecided + 1));
  }

  private Future<Boolean> page(InstanceLoss loss, @Nullable String cursor, boolean undecided) {
    return listing
        .list(loss.endpoint(), List.of(loss.instance()), Asker.ANYBODY, PAGE_SIZE, cursor)
        .compose(page -> end(loss.endpoint(), page, undecided))
        .compose(
            found ->
                found.cursor == null
                    ? Future.succeededFuture(found.undecided)
                    : page(loss, found.cursor, found.undecided));
  }

  private record Page(@Nullable String cursor, boolean undecided) {}

  /** An instance may be there again, with new sessions, so each session is judged by itself. */
  private Future<Page> end(String name, SessionListing.Page listed, boolean before) {
    EndpointFleet endpoint = fleet.current().endpoint(name);
    if (endpoint == null) {
      return Future.succeededFuture(new Page(listed.cursor(), before));
    }
    boolean undecided = before;
    List<Future<Void>> ends = new ArrayList<>();
    for (Session session : listed.sessions()) {
      switch (endpoint.verdict(session)) {
        case LOST -> ends.add(sessions.lose(name, session, endpoint.cause(session)));
        case UNSURE, LIKELY -> undecided = true;
        case HELD -> {}
      }
    }
    return Future.join(ends).map(new Page(listed.cursor(), undecided));
  }
}
