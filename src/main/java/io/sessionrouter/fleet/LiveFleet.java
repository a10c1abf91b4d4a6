package io.sessionrouter.fleet;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The present fleet: begins with the configured instances, and watches their health. */
@Singleton
final class LiveFleet implements FleetView, FleetUpdates {
  /** Before the data port opens, so that the first checks are under way by then. */
  private static final int EARLY = 100;

  private final InstantSource clock;
  private final Watches watches;
  private volatile Fleet current;

  @Inject
  LiveFleet(Vertx vertx, Settings settings, Tls tls) {
    this(vertx, settings, tls, InstantSource.system());
  }

  LiveFleet(Vertx vertx, Settings settings, Tls tls, InstantSource clock) {
    this.clock = clock;
    this.watches = new Watches(vertx, clock, tls.instances());
    this.current = configured(settings);
  }

  synchronized void start(@Observes @Priority(EARLY) StartupEvent start) {
    current.endpoints().forEach(watches::follow);
  }

  synchronized void stop(@Observes ShutdownEvent stop) {
    watches.close();
  }

  @Override
  public Fleet current() {
    return current;
  }

  @Override
  public void failed(Member member) {
    long now = clock.millis();
    member.observe(health -> health.requestFailed(now), "requests failed");
    watches.doubt(member);
  }

  @Override
  public void answered(Member member) {
    if (member.health().failedRequests() > 0) {
      member.observe(Health::requestAnswered, "request answered");
    }
  }

  @Override
  public synchronized void replace(String endpoint, Collection<Instance> instances) {
    EndpointFleet old = current.endpoint(endpoint);
    if (old == null) {
      throw new IllegalArgumentException(
          "endpoint: " + endpoint + " (expected: a configured endpoint)");
    }
    EndpointFleet replaced = new EndpointFleet(old.settings(), kept(old, instances));
    current = with(replaced);
    watches.follow(replaced);
  }

  private Fleet with(EndpointFleet replaced) {
    Map<String, EndpointFleet> endpoints = new HashMap<>();
    current.endpoints().forEach(e -> endpoints.put(e.settings().name(), e));
    endpoints.put(replaced.settings().name(), replaced);
    return new Fleet(endpoints);
  }

  private static List<Member> kept(EndpointFleet old, Collection<Instance> instances) {
    return instances.stream().map(i -> kept(old.member(i.id()), i)).toList();
  }

  private static Member kept(@Nullable Member old, Instance instance) {
    return old != null && same(old.instance(), instance) ? old : new Member(instance);
  }

  private static boolean same(Instance a, Instance b) {
    return a.variant().equals(b.variant())
        && a.host().equals(b.host())
        && a.port() == b.port()
        && a.tls() == b.tls();
  }

  private static Fleet configured(Settings settings) {
    Map<String, EndpointFleet> endpoints = new HashMap<>();
    settings.endpoints().forEach((name, e) -> endpoints.put(name, configured(e)));
    return new Fleet(endpoints);
  }

  private static EndpointFleet configured(Settings.Endpoint endpoint) {
    List<Member> members =
        endpoint.variants().stream()
            .flatMap(
                v -> v.instances().stream().map(u -> Instance.at(endpoint.name(), v.name(), u)))
            .map(Member::new)
            .toList();
    return new EndpointFleet(endpoint, members);
  }
}
