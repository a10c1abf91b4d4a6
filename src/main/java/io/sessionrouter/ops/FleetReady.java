package io.sessionrouter.ops;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Health;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Tells how many instances are healthy, and never says no: a router whose instances are away still
 * answers, and taking it out of service would help nobody.
 */
@Readiness
final class FleetReady implements HealthCheck {
  private final Directory directory;

  FleetReady(Directory directory) {
    this.directory = directory;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder answer = HealthCheckResponse.named("fleet").up();
    directory.endpoints().forEach(e -> answer.withData(e.settings().name(), healthy(e)));
    return answer.build();
  }

  private static String healthy(EndpointFleet endpoint) {
    long healthy =
        endpoint.members().stream().filter(m -> m.health().state() == Health.State.HEALTHY).count();
    return healthy + " of " + endpoint.members().size() + " healthy";
  }
}
