package io.sessionrouter.ops;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports how many instances take new work, and says no only while a new router does not know yet
 * which instances there are.
 *
 * <p>That has a bound: a router whose instances are away, or whose discovery does not work, still
 * answers, and taking it out of service for long would help nobody.
 */
@Readiness
final class FleetReady implements HealthCheck {
  static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final ManagedResources directory;
  private final InstantSource clock;
  private final long startedAt;

  @Inject
  FleetReady(ManagedResources directory) {
    this(directory, InstantSource.system());
  }

  FleetReady(ManagedResources directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
    this.startedAt = clock.millis();
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder answer = HealthCheckResponse.named("fleet").status(ready());
    directory.endpoints().forEach(e -> answer.withData(e.settings().name(), stateOf(e)));
    return answer.build();
  }

  private boolean ready() {
    return clock.millis() - startedAt >= MAX_WAIT.toMillis()
        || directory.endpoints().stream().allMatch(EndpointFleet::complete);
  }

  private static String stateOf(EndpointFleet endpoint) {
    long placeable = endpoint.members().stream().filter(Member::placeable).count();
    String unknown = endpoint.complete() ? "" : ", not all known yet";
    return placeable + " of " + endpoint.members().size() + " healthy" + unknown;
  }
}
