package io.sessionrouter.telemetry;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Offers the rooms their meters.
 *
 * <p>On the Prometheus registry itself: the composite one that Quarkus injects otherwise costs each
 * record a second look-up.
 */
final class Meters {

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
}
