package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Health.State;
import io.sessionrouter.telemetry.FleetMeters;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the meters are told of one instance's life. */
class WatchedMemberTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WatchedMember member =
      new WatchedMember(
          new FleetMeters(registry),
          new FleetMeters.Key("chat", "main", "a:1"),
          new FleetMeters.Readings(() -> true, () -> 0, null, () -> 0));

  @Test
  void aContainerThatWasThereBeforeTheRouterIsNoColdStart() {
    member.look(0, Health.UNKNOWN, false);
    member.look(10_000, health(State.HEALTHY, "boot-1", 0, 10_000), false);

    assertThat(coldStarts()).isZero();
    assertThat(changes("healthy")).isEqualTo(1);
  }

  @Test
  void aContainerThatIsAwaitedIsOne() {
    member.look(0, Health.UNKNOWN, false);
    member.look(1_000, health(State.UNKNOWN, "", 1, 0), false);
    member.look(2_000, health(State.UNKNOWN, "", 2, 0), false);
    member.look(21_000, health(State.HEALTHY, "boot-1", 0, 21_000), false);

    assertThat(coldStarts()).isEqualTo(1);
    assertThat(awaited()).isEqualTo(20);
  }

  @Test
  void aContainerThatComesBackWithItsStateIsNone() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), false);
    member.look(1_000, health(State.UNHEALTHY, "boot-1", 3, 1_000), false);
    member.look(9_000, health(State.HEALTHY, "boot-1", 0, 9_000), false);

    assertThat(coldStarts()).isZero();
    assertThat(changes("healthy")).isEqualTo(2);
    assertThat(changes("unhealthy")).isEqualTo(1);
  }

  @Test
  void aContainerThatComesBackWithoutItIsOne() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), false);
    member.look(1_000, health(State.GONE, "boot-1", 3, 1_000), false);
    member.look(9_000, health(State.HEALTHY, "boot-2", 0, 9_000), false);

    assertThat(awaited()).isEqualTo(8);
  }

  @Test
  void withoutBootIdsOnlyAContainerThatWasGoneBeganAnew() {
    member.look(0, health(State.HEALTHY, "", 0, 1), false);
    member.look(1_000, health(State.UNHEALTHY, "", 3, 1_000), false);
    member.look(2_000, health(State.HEALTHY, "", 0, 2_000), false);
    assertThat(coldStarts()).isZero();

    member.look(3_000, health(State.GONE, "", 3, 3_000), false);
    member.look(7_000, health(State.HEALTHY, "", 0, 7_000), false);
    assertThat(awaited()).isEqualTo(4);
  }

  @Test
  void aStateThatBeganAnewBetweenTwoLooksCounts() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), false);
    member.look(200, health(State.HEALTHY, "boot-1", 0, 150), false);

    assertThat(changes("healthy")).isEqualTo(2);
  }

  @Test
  void anInstanceThatLeftIsShownNoLonger() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), false);
    member.left();

    assertThat(changes("left")).isEqualTo(1);
    assertThat(registry.find("session_router_instance_state").gauges()).isEmpty();
    assertThat(registry.find("session_router_instance_sessions").gauges()).isEmpty();
  }

  @Test
  void aHealthyOneThatDrainsIsShownAsSuch() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), false);
    member.look(1_000, health(State.HEALTHY, "boot-1", 0, 1), true);
    member.look(2_000, health(State.GONE, "boot-1", 3, 2_000), true);

    assertThat(changes("draining")).isEqualTo(1);
    assertThat(changes("gone")).isEqualTo(1);
  }

  private static Health health(State state, String epoch, int failures, long since) {
    Health plain = new Health(state, epoch, failures);
    return new Health(
        plain.state(),
        plain.epoch(),
        0,
        plain.failedChecks(),
        0,
        plain.failedRequests(),
        since,
        0,
        false);
  }

  private long coldStarts() {
    return registry.find("session_router_cold_start").timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private double awaited() {
    return registry.get("session_router_cold_start").timer().totalTime(TimeUnit.SECONDS);
  }

  private double changes(String to) {
    return registry.find("session_router_instance_state_changes").tag("to", to).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }
}
