package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Offers the rooms their meters.
 *
 * <p>On the Prometheus registry itself: the composite one that Quarkus injects otherwise costs each
 * record a second look-up.
 */
@SuppressWarnings("deprecation") // the registry that Quarkus brings
final class MetersProducer {

  @Produces
  @Singleton
  RequestMeters requests(PrometheusMeterRegistry registry) {
    return new RequestMeters(registry);
  }

  @Produces
  @Singleton
  ModelMeters models(PrometheusMeterRegistry registry) {
    return new ModelMeters(registry);
  }

  @Produces
  @Singleton
  SessionMeters sessions(PrometheusMeterRegistry registry) {
    return new SessionMeters(registry);
  }

  @Produces
  @Singleton
  StoreMeters store(PrometheusMeterRegistry registry) {
    return new StoreMeters(registry);
  }

  @Produces
  @Singleton
  FleetMeters fleet(PrometheusMeterRegistry registry) {
    return new FleetMeters(registry);
  }

  @Produces
  @Singleton
  DiscoveryMeters discovery(PrometheusMeterRegistry registry) {
    return new DiscoveryMeters(registry);
  }

  @Produces
  @Singleton
  ConfigurationMeters configuration(PrometheusMeterRegistry registry) {
    return new ConfigurationMeters(registry);
  }

  @Produces
  @Singleton
  AuthMeters auth(PrometheusMeterRegistry registry) {
    return new AuthMeters(registry);
  }

  @Produces
  @Singleton
  TrafficReader traffic(PrometheusMeterRegistry registry, RequestMeters requests) {
    return new TrafficReader(registry, requests);
  }

  /** Vert.x makes two of some, and each start warned of it; {@link StoreMeters} reports more. */
  @Produces
  @Singleton
  MeterFilter noneOfVertxOfRedis() {
    return MeterFilter.denyNameStartsWith("redis.");
  }

  void announce(
      @Observes StartupEvent event,
      PrometheusMeterRegistry registry,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    Metric.BUILD_INFO.gauge(registry, this, always -> 1, version, Runtime.version().toString());
  }
}
