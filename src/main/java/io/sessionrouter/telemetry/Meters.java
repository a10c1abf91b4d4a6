package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Offers the rooms their meters. */
final class Meters {

  @Produces
  @Singleton
  RequestMeters requests(MeterRegistry registry) {
    return new RequestMeters(registry);
  }

  @Produces
  @Singleton
  SessionMeters sessions(MeterRegistry registry) {
    return new SessionMeters(registry);
  }
}
