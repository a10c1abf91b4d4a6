package io.sessionrouter.ops;

import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.auth.AuthSettings;
import io.sessionrouter.config.RunningConfiguration;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.gateway.http1.DataPortService;
import io.sessionrouter.ops.ConsoleSnapshot.Left;
import io.sessionrouter.ops.ConsoleSnapshot.LiveEndpoint;
import io.sessionrouter.ops.ConsoleSnapshot.LiveTraffic;
import io.sessionrouter.ops.ConsoleSnapshot.Replica;
import io.sessionrouter.ops.ConsoleSnapshot.Store;
import io.sessionrouter.session.LossCounts;
import io.sessionrouter.session.LossCounts.Lost;
import io.sessionrouter.session.StoreHealth;
import io.sessionrouter.telemetry.Traffic;
import io.sessionrouter.telemetry.TrafficReader;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Reads what goes into a {@link ConsoleSnapshot}: from the fleet, the session room and the meters.
 */
@Singleton
final class SnapshotReader implements SnapshotSource {
  private static final int MAX_DEPARTED = 20;

  private final ManagedResources directory;
  private final InstanceViews views;
  private final StoreHealth store;
  private final DataPortService port;
  private final TrafficReader traffic;
  private final LossCounts losses;
  private final RunningConfiguration configuration;
  private final AuthSettings auth;
  private final String version;
  private final String host = Objects.requireNonNullElse(System.getenv("HOSTNAME"), "router");
  private final Clock clock = Clock.systemUTC();
  private Instant startedAt = clock.instant();

  SnapshotReader(
      ManagedResources directory,
      InstanceViews views,
      StoreHealth store,
      DataPortService port,
      TrafficReader traffic,
      LossCounts losses,
      RunningConfiguration configuration,
      AuthSettings auth,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.directory = directory;
    this.views = views;
    this.store = store;
    this.port = port;
    this.traffic = traffic;
    this.losses = losses;
    this.configuration = configuration;
    this.auth = auth;
    this.version = version;
  }

  void start(@Observes StartupEvent start) {
    startedAt = clock.instant();
  }

  @Override
  public Counted count() {
    return new Counted(System.nanoTime(), traffic.read());
  }

  @Override
  public boolean leaving() {
    return port.leaving();
  }

  @Override
  public List<Lost> takeLosses() {
    return losses.take();
  }

  @Override
  public ConsoleSnapshot snapshot(Counted before, Counted now, Map<String, Traffic> minute) {
    return ConsoleSnapshot.unjudged(
        clock.instant(),
        (now.nanos() - before.nanos()) / 1e9,
        new Replica(
            host,
            version,
            startedAt,
            leaving(),
            Words.outdated(configuration.state()),
            auth.open()),
        Store.of(store),
        directory.endpoints().stream().map(e -> endpoint(e, before, now, minute)).toList());
  }

  private LiveEndpoint endpoint(
      EndpointFleet endpoint, Counted before, Counted now, Map<String, Traffic> minute) {
    EndpointView view = EndpointView.of(endpoint);
    List<InstanceView> instances =
        endpoint.members().stream().map(member -> views.of(endpoint, member)).toList();
    return new LiveEndpoint(
        view.name(),
        view.variants(),
        view.sessions(),
        endpoint.complete(),
        instances,
        left(endpoint),
        traffic(view.name(), before, now),
        LiveTraffic.of(minute.getOrDefault(view.name(), Traffic.NONE)));
  }

  /** The latest of them, the newest first, without those that came back. */
  private static List<Left> left(EndpointFleet endpoint) {
    return endpoint.departed().reversed().stream()
        .filter(departed -> endpoint.member(departed.instance()) == null)
        .limit(MAX_DEPARTED)
        .map(Left::of)
        .toList();
  }

  private static LiveTraffic traffic(String endpoint, Counted before, Counted now) {
    Traffic present = now.traffic().getOrDefault(endpoint, Traffic.NONE);
    return LiveTraffic.of(present.since(before.traffic().getOrDefault(endpoint, Traffic.NONE)));
  }
}
