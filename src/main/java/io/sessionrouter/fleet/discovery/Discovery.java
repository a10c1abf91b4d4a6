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
import io.sessionrouter.endpoint.DiscoverySettings;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.VariantSettings;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Begins a watch for every discovery that is configured, and ends them. */
@Singleton
final class Discovery {
  /** After the fleet, before the data port opens. */
  private static final int START_PRIORITY = 200;

  private final Vertx vertx;
  private final EndpointCatalog catalog;
  private final KubernetesAccess access;
  private final FleetUpdates fleet;
  private final DiscoveryMeters meters;
  private final Surroundings around;
  private final List<Runnable> ends = new ArrayList<>();
  private final Map<String, PodStarts> pods = new HashMap<>();
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
  }

  /**
   * @throws ConfigurationException if what is configured cannot work here
   */
  void start(@Observes @Priority(START_PRIORITY) StartupEvent start) {
    catalog.all().forEach(this::follow);
  }

  void stop(@Observes ShutdownEvent stop) {
    ends.forEach(Runnable::run);
    DnsLookup open = lookup;
    if (open != null) {
      open.close();
    }
  }

  private void follow(EndpointSettings endpoint) {
    boolean qualified = Namespaces.several(endpoint, this::namespace);
    for (VariantSettings variant : endpoint.variants()) {
      for (DiscoverySettings discovery : variant.discoveries()) {
        switch (discovery) {
          case DiscoverySettings.Kubernetes service ->
              follow(endpoint, variant, service, qualified);
          case DiscoverySettings.Dns name -> follow(endpoint, variant, name);
        }
      }
    }
  }

  private void follow(
      EndpointSettings endpoint,
      VariantSettings variant,
      DiscoverySettings.Kubernetes service,
      boolean qualified) {
    Target target =
        new Target(
            endpoint.name(),
            variant.name(),
            service.service(),
            namespace(service),
            service.port(),
            service.tls(),
            qualified);
    FleetUpdates.Source source = fleet.source(endpoint.name(), variant.name(), Vanished.LEAVES);
    Feed feed = meters.feed(endpoint.name(), variant.name(), Source.KUBERNETES, around.clock);
    SliceWatch watch =
        new SliceWatch(
            vertx,
            server(),
            target,
            pods(target.namespace()),
            source,
            feed,
            around.pace,
            around.clock);
    ends.add(watch::stop);
    watch.start();
  }

  private void follow(
      EndpointSettings endpoint, VariantSettings variant, DiscoverySettings.Dns name) {
    FleetUpdates.Source source = fleet.source(endpoint.name(), variant.name(), Vanished.DRAINS);
    Feed feed = meters.feed(endpoint.name(), variant.name(), Source.DNS, around.clock);
    DnsWatch watch =
        new DnsWatch(
            vertx, lookup(), endpoint.name(), variant.name(), name, source, feed, around.clock);
    ends.add(watch::stop);
    watch.start();
  }

  private ApiServer server() {
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

  /** Of each namespace once. */
  private PodStarts pods(String namespace) {
    return pods.computeIfAbsent(namespace, this::followPods);
  }

  private PodStarts followPods(String namespace) {
    PodStarts starts = new PodStarts();
    PodWatch watch = new PodWatch(vertx, server(), namespace, starts, around.pace);
    ends.add(watch::stop);
    watch.start();
    return starts;
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
              + " (expected: a namespace, as this router's own is not told by "
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
