package io.sessionrouter.fleet;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toUnmodifiableMap;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.SessionCounts;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.VariantSettings;
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
final class FleetMonitor implements FleetView, FleetUpdates, FleetDrains {
  /** Before the data port opens, so that the first checks are under way by then. */
  private static final int START_PRIORITY = 100;

  private static final long SETTLE_MILLIS = 500;

  private final Vertx vertx;
  private final InstantSource clock;
  private final MemberWatches watches;
  private final Map<String, Membership> rosters = new HashMap<>();
  private final Map<String, Set<String>> drained = new HashMap<>();
  private final FleetMeters meters;
  private final Map<String, Map<String, Ejections>> ejections;
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
    this.ejections =
        catalog.all().stream().collect(toUnmodifiableMap(EndpointSettings::name, this::ejections));
    this.clock = clock;
    this.watches = new MemberWatches(vertx, clock, tls.instances(), counts);
    Map<String, EndpointFleet> endpoints = new HashMap<>();
    catalog.endpoints().forEach((name, e) -> endpoints.put(name, configured(e)));
    this.current = new Fleet(endpoints);
  }

  synchronized void start(@Observes @Priority(START_PRIORITY) StartupEvent start) {
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

  private Map<String, Ejections> ejections(EndpointSettings endpoint) {
    return endpoint.variants().stream()
        .collect(
            toUnmodifiableMap(
                VariantSettings::name, v -> new Ejections(endpoint.health().ejection(), meters)));
  }

  private Ejections ejections(Instance of) {
    return requireNonNull(requireNonNull(ejections.get(of.endpoint())).get(of.variant()));
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
      ejections(instance).failed(fleet, member, failure, by, clock.millis());
    }
    watches.doubt(member);
  }

  @Override
  public void answered(Member member, Requester by) {
    ejections(member.instance()).answered(member, by, clock);
  }

  @Override
  public synchronized Source source(String endpoint, String variant, Vanished vanished) {
    Membership roster = rosters.get(endpoint);
    if (roster == null) {
      throw new IllegalArgumentException(
          "endpoint: " + endpoint + " (expected: a configured endpoint)");
    }
    SourceSnapshot added = roster.add(variant, vanished);
    rely(endpoint, roster, variant);
    return new Tap(endpoint, roster, added);
  }

  @Override
  public synchronized void drain(String endpoint, Set<String> instances) {
    EndpointFleet present = current.endpoint(endpoint);
    if (present != null) {
      Set<String> marked = Set.copyOf(instances);
      drained.put(endpoint, marked);
      long now = clock.millis();
      present.members().forEach(m -> m.drainedByOperator(marked.contains(m.instance().id()), now));
    }
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

  private void refresh(String endpoint, Membership roster) {
    EndpointFleet old = current.endpoint(endpoint);
    if (old == null) {
      throw new IllegalStateException("endpoint: " + endpoint + " (expected: a configured one)");
    }
    List<Member> members = roster.merged().stream().map(found -> member(old, found)).toList();
    EndpointFleet replaced =
        new EndpointFleet(old.settings(), members, old.departures(), known(old.settings(), roster));
    partings(old, replaced);
    current = with(replaced);
    if (started) {
      watches.follow(replaced);
    }
  }

  private static SnapshotValidity known(EndpointSettings settings, Membership roster) {
    SnapshotValidity known = new SnapshotValidity(SnapshotValidity.NOTHING);
    settings.variants().forEach(v -> known.until(v.name(), roster.knownUntil(v.name())));
    return known;
  }

  private void rely(String endpoint, Membership roster, String variant) {
    EndpointFleet fleet = current.endpoint(endpoint);
    if (fleet != null) {
      fleet.known().until(variant, roster.knownUntil(variant));
    }
  }

  private Fleet with(EndpointFleet replaced) {
    Map<String, EndpointFleet> endpoints = new HashMap<>();
    current.endpoints().forEach(e -> endpoints.put(e.settings().name(), e));
    endpoints.put(replaced.settings().name(), replaced);
    return new Fleet(endpoints);
  }

  /**
   * Noted before the new fleet is seen, so that nobody takes a lost instance for an unknown one.
   */
  private void partings(EndpointFleet old, EndpointFleet replaced) {
    long now = clock.millis();
    for (Member was : old.members()) {
      Member is = replaced.member(was.instance().id());
      if (is == null) {
        old.departures().left(was, until(old, was), now);
      }
      if (is == null || !sameAddress(is.instance(), was.instance())) {
        HealthLog.left(was.instance());
      }
    }
  }

  private Member member(EndpointFleet old, DiscoveredInstance found) {
    Instance instance = found.instance();
    Member known = old.member(instance.id());
    Member member =
        known != null && same(known.instance(), instance) && samePod(known, found)
            ? known
            : joined(old, known, found);
    member.stands(found.standing(), clock.millis());
    member.began(found.began());
    return member;
  }

  private Member joined(EndpointFleet old, @Nullable Member known, DiscoveredInstance found) {
    Instance instance = found.instance();
    HealthLog.joined(instance);
    String bootElsewhere =
        known != null && !sameAddress(known.instance(), instance) ? known.health().bootId() : "";
    DepartedInstances.Departure last = old.departures().of(instance.id());
    Member member =
        new Member(instance, health(known, last), life(old, known, last, found), bootElsewhere);
    member.drainedByOperator(
        drained.getOrDefault(instance.endpoint(), Set.of()).contains(instance.id()),
        clock.millis());
    return member;
  }

  /** An instance is known by its id: what its last boot was outlives its address. */
  private static Health health(@Nullable Member known, DepartedInstances.@Nullable Departure last) {
    if (known != null) {
      return known.health().elsewhere();
    }
    return last == null ? Health.UNKNOWN : last.health().elsewhere();
  }

  private static Incarnation life(
      EndpointFleet old,
      @Nullable Member known,
      DepartedInstances.@Nullable Departure last,
      DiscoveredInstance found) {
    Instance is = found.instance();
    AddressBinding tie = AddressBinding.of(is, found.pod());
    if (known != null) {
      return sameAddress(known.instance(), is) && samePod(known, found)
          ? known.life()
          : known
              .life()
              .elsewhere(tie, is.authority(), found.pod(), known.end(0, until(old, known)));
    }
    return last == null
        ? Incarnation.begun(tie, is.authority(), found.pod())
        : last.life().elsewhere(tie, is.authority(), found.pod(), last.end());
  }

  private static long until(EndpointFleet fleet, Member member) {
    return fleet.known().until(member.instance().variant()).here();
  }

  private static boolean samePod(Member known, DiscoveredInstance found) {
    return known.life().isOf(found);
  }

  private static boolean same(Instance a, Instance b) {
    return a.variant().equals(b.variant()) && sameAddress(a, b);
  }

  private static boolean sameAddress(Instance a, Instance b) {
    return a.host().equals(b.host()) && a.port() == b.port() && a.tls() == b.tls();
  }

  private EndpointFleet configured(EndpointSettings endpoint) {
    List<Instance> instances =
        endpoint.variants().stream()
            .flatMap(
                v -> v.instances().stream().map(u -> Instance.at(endpoint.name(), v.name(), u)))
            .toList();
    Membership roster = new Membership(instances, clock.millis(), endpoint.sessions().maxTtl());
    rosters.put(endpoint.name(), roster);
    return new EndpointFleet(
        endpoint,
        instances.stream().map(Member::new).toList(),
        new DepartedInstances(endpoint.sessions().maxTtl().toMillis()),
        known(endpoint, roster));
  }

  /** Where one source's words go in. */
  private final class Tap implements Source {
    private final String endpoint;
    private final Membership roster;
    private final SourceSnapshot state;

    Tap(String endpoint, Membership roster, SourceSnapshot state) {
      this.endpoint = endpoint;
      this.roster = roster;
      this.state = state;
    }

    /** What is known until then is the new fleet, and never the old one. */
    @Override
    public void lists(Collection<DiscoveredInstance> sightings, long asOf) {
      synchronized (FleetMonitor.this) {
        roster.lists(state, sightings, clock.millis());
        roster.stillAt(state, asOf);
        refresh(endpoint, roster);
      }
    }

    @Override
    public void silent() {
      synchronized (FleetMonitor.this) {
        roster.silent(state, clock.millis());
        refresh(endpoint, roster);
      }
    }

    @Override
    public void stillAt(long asOf) {
      synchronized (FleetMonitor.this) {
        roster.stillAt(state, asOf);
        rely(endpoint, roster, state.variant());
      }
    }
  }
}
