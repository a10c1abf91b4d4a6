package io.sessionrouter.fleet.discovery;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.sessionrouter.domain.KubernetesAccess;
import io.sessionrouter.domain.NameServers;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.endpoint.DiscoverySettings;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.Room;
import io.sessionrouter.fleet.FleetUpdates;
import io.sessionrouter.fleet.FleetUpdates.Vanished;
import io.sessionrouter.telemetry.DiscoveryMeters;
import io.sessionrouter.telemetry.DiscoveryMeters.Feed;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a watch for every discovery that an endpoint has. */
@Singleton
final class Discovery implements EndpointFollower {
  private final Vertx vertx;
  private final EndpointCatalog catalog;
  private final KubernetesAccess access;
  private final FleetUpdates fleet;
  private final DiscoveryMeters meters;
  private final Surroundings around;
  private final Map<String, Map<Watched, Running>> watches = new HashMap<>();
  private final PodWatches pods;
  private @Nullable ApiServer server;
  private @Nullable DnsLookup lookup;

  /** What is not configured. */
  record Surroundings(
      Map<String, String> environment,
      DnsServerAddressStreamProvider nameServers,
      Pace pace,
      InstantSource clock) {}

  @Inject
  Discovery(
      Vertx vertx,
      EndpointCatalog catalog,
      KubernetesAccess access,
      NameServers nameServers,
      FleetUpdates fleet,
      DiscoveryMeters meters) {
    this(
        vertx,
        catalog,
        access,
        fleet,
        meters,
        new Surroundings(
            System.getenv(), provider(nameServers), Pace.DEFAULT, InstantSource.system()));
  }

  Discovery(
      Vertx vertx,
      EndpointCatalog catalog,
      KubernetesAccess access,
      FleetUpdates fleet,
      DiscoveryMeters meters,
      Surroundings around) {
    this.vertx = vertx;
    this.catalog = catalog;
    this.access = access;
    this.fleet = fleet;
    this.meters = meters;
    this.around = around;
    this.pods =
        new PodWatches(
            (namespace, starts) -> new PodWatch(vertx, server(), namespace, starts, around.pace));
  }

  /**
   * @throws ConfigurationException if what is configured cannot work here
   */
  void start(@Observes @Priority(StartOrder.DISCOVERY) StartupEvent start) {
    catalog.follow(Room.DISCOVERY, this);
  }

  synchronized void stop(@Observes ShutdownEvent stop) {
    watches.values().forEach(all -> all.values().forEach(one -> one.watch.run()));
    pods.stop();
    DnsLookup open = lookup;
    if (open != null) {
      open.close();
    }
  }

  /**
   * What is followed for an endpoint.
   *
   * @param qualified whether its pods are named with their namespace
   */
  private record Watched(String variant, DiscoverySettings what, boolean qualified) {}

  /**
   * A watch that runs.
   *
   * @param watch ends it
   * @param rest ends what it said and showed
   */
  private record Running(Runnable watch, Runnable rest) {

    void end() {
      watch.run();
      rest.run();
    }
  }

  @Override
  public void check(EndpointSettings settings) {
    watched(settings)
        .forEach(
            one -> {
              if (one.what instanceof DiscoverySettings.Kubernetes) {
                server();
              }
            });
  }

  @Override
  public synchronized void added(Endpoint endpoint) {
    follow(endpoint.settings());
  }

  /** What is no longer to be followed drains; what is new is merged with it. */
  @Override
  public synchronized void changed(Endpoint endpoint) {
    follow(endpoint.settings());
  }

  @Override
  public synchronized void removed(String endpoint) {
    Map<Watched, Running> ended = watches.remove(endpoint);
    if (ended != null) {
      ended.values().forEach(Running::end);
    }
  }

  private void follow(EndpointSettings endpoint) {
    Map<Watched, Running> present =
        watches.computeIfAbsent(endpoint.name(), name -> new LinkedHashMap<>());
    List<Watched> wanted = watched(endpoint);
    wanted.forEach(one -> present.computeIfAbsent(one, w -> begin(endpoint.name(), w)));
    present
        .entrySet()
        .removeIf(
            one -> {
              boolean over = !wanted.contains(one.getKey());
              if (over) {
                one.getValue().end();
              }
              return over;
            });
  }

  private List<Watched> watched(EndpointSettings endpoint) {
    boolean qualified = Namespaces.several(endpoint, this::namespace);
    return endpoint.variants().stream()
        .flatMap(
            v ->
                v.discoveries().stream()
                    .map(d -> new Watched(v.name(), d, qualified && isKubernetes(d))))
        .toList();
  }

  private static boolean isKubernetes(DiscoverySettings discovery) {
    return discovery instanceof DiscoverySettings.Kubernetes;
  }

  private Running begin(String endpoint, Watched watched) {
    return switch (watched.what) {
      case DiscoverySettings.Kubernetes service -> begin(endpoint, watched, service);
      case DiscoverySettings.Dns name -> begin(endpoint, watched.variant, name);
    };
  }

  private Running begin(String endpoint, Watched watched, DiscoverySettings.Kubernetes service) {
    Target target =
        new Target(
            endpoint,
            watched.variant,
            service.service(),
            namespace(service),
            service.port(),
            service.tls(),
            watched.qualified);
    FleetUpdates.Source source = fleet.source(endpoint, watched.variant, Vanished.LEAVES);
    Feed feed = meters.feed(endpoint, watched.variant, Source.KUBERNETES, around.clock);
    PodStarts starts = pods.use(target.namespace());
    SliceWatch watch =
        new SliceWatch(vertx, server(), target, starts, source, feed, around.pace, around.clock);
    watch.start();
    return new Running(
        watch::stop,
        () -> {
          source.close();
          feed.remove();
          pods.release(target.namespace());
        });
  }

  private Running begin(String endpoint, String variant, DiscoverySettings.Dns name) {
    FleetUpdates.Source source = fleet.source(endpoint, variant, Vanished.DRAINS);
    Feed feed = meters.feed(endpoint, variant, Source.DNS, around.clock);
    DnsWatch watch =
        new DnsWatch(vertx, lookup(), endpoint, variant, name, source, feed, around.clock);
    watch.start();
    return new Running(
        watch::stop,
        () -> {
          source.close();
          feed.remove();
        });
  }

  private synchronized ApiServer server() {
    ApiServer known = server;
    if (known == null) {
      try {
        known = ApiServer.of(vertx, access, around.environment);
      } catch (IllegalStateException e) {
        throw new ConfigurationException(String.valueOf(e.getMessage()));
      }
      server = known;
    }
    return known;
  }

  @SuppressWarnings("deprecation") // there is no other way to Vert.x' event loops
  private DnsLookup lookup() {
    DnsLookup known = lookup;
    if (known == null) {
      EventLoopGroup loops = vertx.nettyEventLoopGroup();
      known = new DnsLookup(loops.next(), loops instanceof EpollEventLoopGroup, around.nameServers);
      lookup = known;
    }
    return known;
  }

  private static DnsServerAddressStreamProvider provider(NameServers servers) {
    return servers.addresses().isEmpty()
        ? DnsServerAddressStreamProviders.platformDefault()
        : new SequentialDnsServerAddressStreamProvider(servers.addresses());
  }

  /** The configured one, else the router's own. */
  private String namespace(DiscoverySettings.Kubernetes service) {
    String configured = service.namespace();
    return configured != null ? configured : ownNamespace(service.service());
  }

  private String ownNamespace(String service) {
    Path file = access.serviceAccount().resolve("namespace");
    String own = read(file);
    if (own.isEmpty()) {
      throw new ConfigurationException(
          "kubernetes.namespace: none for service "
              + service
              + " (expected: a namespace, as this router's own is not given by "
              + file
              + ")");
    }
    return own;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException notInAPod) {
      return "";
    }
  }
}
