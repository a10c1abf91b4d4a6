package io.sessionrouter.ops;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.telemetry.FleetMeters;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Shows the fleet's instances to the meters: looks at all of them a few times a second, so that
 * neither requests nor health checks have to report.
 */
@Singleton
final class FleetGauges {
  private static final long EVERY_MILLIS = 200;

  private final Vertx vertx;
  private final FleetView fleet;
  private final SessionCounts counts;
  private final FleetMeters meters;
  private final InstantSource clock;
  private final Map<Member, WatchedMember> watched = new HashMap<>();
  private long timer = -1;

  @Inject
  FleetGauges(Vertx vertx, FleetView fleet, SessionCounts counts, FleetMeters meters) {
    this(vertx, fleet, counts, meters, InstantSource.system());
  }

  FleetGauges(
      Vertx vertx, FleetView fleet, SessionCounts counts, FleetMeters meters, InstantSource clock) {
    this.vertx = vertx;
    this.fleet = fleet;
    this.counts = counts;
    this.meters = meters;
    this.clock = clock;
  }

  void start(@Observes StartupEvent start) {
    look();
    timer = vertx.setPeriodic(EVERY_MILLIS, tick -> look());
  }

  void stop(@Observes ShutdownEvent stop) {
    vertx.cancelTimer(timer);
  }

  /** One look at all instances; those that left are shown no longer. */
  synchronized void look() {
    Set<Member> left = new HashSet<>(watched.keySet());
    Fleet now = fleet.current();
    for (EndpointFleet endpoint : now.endpoints()) {
      Integer slots = endpoint.settings().sessions().maxPerInstance();
      for (Member member : endpoint.members()) {
        left.remove(member);
        watched
            .computeIfAbsent(member, m -> watch(endpoint.settings(), m))
            .look(clock.millis(), member.health(), member.drainReasons(), slots);
      }
    }
    for (Member member : left) {
      WatchedMember gone = watched.remove(member);
      if (gone != null && now.endpoint(member.instance().endpoint()) != null) {
        gone.left();
      } else if (gone != null) {
        gone.forget();
      }
    }
  }

  private WatchedMember watch(EndpointSettings endpoint, Member member) {
    Instance instance = member.instance();
    String name = endpoint.name();
    return new WatchedMember(
        meters,
        new FleetMeters.Key(name, instance.variant(), instance.id()),
        new FleetMeters.Readings(
            member::placeable, () -> counts.bound(name, instance.id()), member::inFlight),
        member.bootElsewhere());
  }
}
