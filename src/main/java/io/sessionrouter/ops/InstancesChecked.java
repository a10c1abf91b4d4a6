package io.sessionrouter.ops;

import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready until a new router has asked its instances once whether they are healthy: before that
 * it would refuse new work that another replica could place.
 *
 * <p>What they answer does not matter here, and the wait has a bound.
 */
@Readiness
final class InstancesChecked implements HealthCheck {
  static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final Supplier<Stream<Member>> members;
  private final InstantSource clock;
  private final long startedAt;

  @Inject
  InstancesChecked(ManagedResources directory) {
    this(
        () -> directory.endpoints().stream().flatMap(endpoint -> endpoint.members().stream()),
        InstantSource.system());
  }

  InstancesChecked(Supplier<Stream<Member>> members, InstantSource clock) {
    this.members = members;
    this.clock = clock;
    this.startedAt = clock.millis();
  }

  @Override
  public HealthCheckResponse call() {
    boolean waited = clock.millis() - startedAt >= MAX_WAIT.toMillis();
    boolean ready = waited || members.get().allMatch(InstancesChecked::asked);
    return HealthCheckResponse.named("instances-asked").status(ready).build();
  }

  private static boolean asked(Member member) {
    Health health = member.health();
    return health.state() != Health.State.UNKNOWN || health.failures() > 0;
  }
}
