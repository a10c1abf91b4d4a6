package io.sessionrouter.fleet;

import static java.util.Objects.requireNonNull;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.Room;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The present fleet: begins with the configured instances, and watches their health. */
@Singleton
final class FleetMonitor implements FleetView, FleetUpdates, FleetDrains, EndpointFollower {

  private static final long SETTLE_MILLIS = 500;

  private final Vertx vertx;
  private final InstantSource clock;
  private final MemberWatches watches;
  private final Map<String, Membership> rosters = new HashMap<>();
  private final Map<String, Set<String>> drained = new HashMap<>();
  private final FleetMeters meters;
  private final EndpointEjections ejections;
  private volatile Fleet current;
  private boolean started;
  private long timer = -1;

  /**
   * @param counts asked only when needed: they may lead back to the fleet
   */
  @Inject
  FleetMonitor(
      Vertx vertx,
      EndpointCatalog catalog,
      Tls tls,
      FleetMeters meters,
      Provider<SessionCounts> counts) {
    this(
        vertx,
        catalog,
        tls,
        meters,
        InstantSource.system(),
        (endpoint, instance) -> counts.get().bound(endpoint, instance));
  }

  FleetMonitor(
      Vertx vertx,
      EndpointCatalog catalog,
      Tls tls,
      FleetMeters meters,
      InstantSource clock,
      SessionCounts counts) {
    this.vertx = vertx;
    this.meters = meters;
    this.ejections = new EndpointEjections(meters);
    this.clock = clock;
    this.watches = new MemberWatches(vertx, clock, tls.instances(), counts);
    this.current = new Fleet(Map.of());
    catalog.follow(Room.FLEET, this);
  }

  synchronized void start(@Observes @Priority(StartOrder.FLEET) StartupEvent start) {
    started = true;
    current.endpoints().forEach(watches::follow);
    timer = vertx.setPeriodic(SETTLE_MILLIS, tick -> settle());
  }

  synchronized void stop(@Observes ShutdownEvent stop) {
    vertx.cancelTimer(timer);
    watches.close();
  }

  @Override
  public Fleet current() {
    return current;
  }

  @Override
  public void failed(Member member, InstanceFailure failure, Requester by) {
    Instance instance = member.instance();
    meters.failed(instance.endpoint(), instance.variant(), failure.label());
    if (failure == InstanceFailure.CONNECT_TIMEOUT || failure == InstanceFailure.UNREACHABLE) {
      member.hardToReach(true);
    }
    EndpointFleet fleet = current.endpoint(instance.endpoint());
    if (fleet != null) {
      ejections
          .of(fleet.settings(), instance.variant())
          .failed(fleet, member, failure, by, clock.millis());
    }
    watches.doubt(member);
  }

  @Override
  public void answered(Member member, Requester by) {
    Instance instance = member.instance();
    Ejections known = ejections.known(instance.endpoint(), instance.variant());
    if (known != null) {
      known.answered(member, by, clock);
    }
  }

  @Override
  public synchronized Source source(String endpoint, String variant, Vanished vanished) {
    Membership roster = rosters.get(endpoint);
    if (roster == null) {
      throw new IllegalArgumentException(
          "endpoint: " + endpoint + " (expected: an endpoint of the catalog)");
    }
    SourceSnapshot added = roster.add(variant, vanished);
    rely(present(endpoint), roster, variant);
    return new Tap(endpoint, roster, added);
  }

  @Override
  public synchronized void drain(String endpoint, Set<String> instances) {
    drained.put(endpoint, Set.copyOf(instances));
    EndpointFleet present = current.endpoint(endpoint);
    if (present != null) {
      mark(present);
    }
  }

  private void mark(EndpointFleet endpoint) {
    Set<String> marked = drained.getOrDefault(endpoint.settings().name(), Set.of());
    long now = clock.millis();
    endpoint.members().forEach(m -> m.drainedByOperator(marked.contains(m.instance().id()), now));
  }

  /** Gives up what has been missing for long enough; to be called again and again. */
  synchronized void settle() {
    long now = clock.millis();
    rosters.forEach(
        (endpoint, roster) -> {
          if (roster.settle(now, id -> health(endpoint, id))) {
            refresh(endpoint, roster);
          }
        });
  }

  private @Nullable Health health(String endpoint, String instance) {
    EndpointFleet fleet = current.endpoint(endpoint);
    Member member = fleet == null ? null : fleet.member(instance);
    return member == null ? null : member.health();
  }

  @Override
  public synchronized void added(Endpoint endpoint) {
    EndpointSettings settings = endpoint.settings();
    List<Instance> instances = instances(settings);
    Membership roster = new Membership(instances, clock.millis(), settings.sessions().maxTtl());
    rosters.put(settings.name(), roster);
    EndpointFleet begun =
        new EndpointFleet(
            endpoint,
            instances.stream().map(Member::new).toList(),
            new DepartedInstances(settings.sessions().maxTtl().toMillis()),
            known(settings, roster));
    mark(begun);
    publish(begun);
  }

  @Override
  public synchronized void changed(Endpoint endpoint) {
    EndpointSettings settings = endpoint.settings();
    long now = clock.millis();
    Membership roster = requireNonNull(rosters.get(settings.name()));
    roster.configure(instances(settings), settings.sessions().maxTtl(), now);
    present(settings.name()).departures().remember(settings.sessions().maxTtl().toMillis());
    ejections.settings(settings);
    refresh(endpoint, roster);
  }

  @Override
  public synchronized void removed(String endpoint) {
    current = current.without(endpoint);
    rosters.remove(endpoint);
    drained.remove(endpoint);
    ejections.forget(endpoint);
    watches.leave(endpoint);
  }

  private static List<Instance> instances(EndpointSettings endpoint) {
    return endpoint.variants().stream()
        .flatMap(v -> v.instances().stream().map(u -> Instance.at(endpoint.name(), v.name(), u)))
        .toList();
  }

  private void refresh(String endpoint, Membership roster) {
    EndpointFleet old = present(endpoint);
    refresh(new Endpoint(old.settings(), old.phase()), roster);
  }

  /**
   * Departures are noted before the new fleet is seen: nobody takes a lost instance for unknown.
   */
  private void refresh(Endpoint endpoint, Membership roster) {
    EndpointFleet old = present(endpoint.name());
    MemberContinuity continuity =
        new MemberContinuity(old, drained.getOrDefault(endpoint.name(), Set.of()), clock.millis());
    List<Member> members = roster.merged().stream().map(continuity::member).toList();
    EndpointFleet replaced =
        new EndpointFleet(endpoint, members, old.departures(), known(endpoint.settings(), roster));
    members.forEach(m -> rely(replaced, roster, m.instance().variant()));
    continuity.part(replaced);
    publish(replaced);
  }

  private EndpointFleet present(String endpoint) {
    return requireNonNull(current.endpoint(endpoint), "an endpoint of the fleet");
  }

  private void publish(EndpointFleet endpoint) {
    current = current.with(endpoint);
    if (started) {
      watches.follow(endpoint);
    }
  }

  private static SnapshotValidity known(EndpointSettings settings, Membership roster) {
    SnapshotValidity known = new SnapshotValidity(SnapshotValidity.NOTHING);
    settings.variants().forEach(v -> known.until(v.name(), roster.knownUntil(v.name())));
    return known;
  }

  private static void rely(EndpointFleet fleet, Membership roster, String variant) {
    fleet.known().until(variant, roster.knownUntil(variant));
  }

  /** Where one source's words go in. */
  private final class Tap implements Source {
    private final String endpoint;
    private final Membership roster;
    private final SourceSnapshot state;
    private boolean closed;

    Tap(String endpoint, Membership roster, SourceSnapshot state) {
      this.endpoint = endpoint;
      this.roster = roster;
      this.state = state;
    }

    /** What is known until then is the new fleet, and never the old one. */
    @Override
    public void lists(Collection<DiscoveredInstance> sightings, long asOf) {
      synchronized (FleetMonitor.this) {
        if (open()) {
          roster.lists(state, sightings, clock.millis());
          roster.stillAt(state, asOf);
          refresh(endpoint, roster);
        }
      }
    }

    @Override
    public void silent() {
      synchronized (FleetMonitor.this) {
        if (open()) {
          roster.silent(state, clock.millis());
          refresh(endpoint, roster);
        }
      }
    }

    @Override
    public void stillAt(long asOf) {
      synchronized (FleetMonitor.this) {
        if (open()) {
          roster.stillAt(state, asOf);
          rely(present(endpoint), roster, state.variant());
        }
      }
    }

    @Override
    public void close() {
      synchronized (FleetMonitor.this) {
        if (open()) {
          closed = true;
          roster.withdraw(state, clock.millis());
          refresh(endpoint, roster);
        }
      }
    }

    private boolean open() {
      return !closed && rosters.get(endpoint) == roster;
    }
  }
}
