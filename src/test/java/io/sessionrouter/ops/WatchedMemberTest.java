package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.fleet.DrainReason;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Health.State;
import io.sessionrouter.telemetry.FleetMeters;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the meters are told of one instance's life. */
class WatchedMemberTest {
  private static final int SESSIONS = 7;
  private static final Set<DrainReason> READY = Set.of();
  private static final Set<DrainReason> DRAINED = Set.of(DrainReason.TERMINATING);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FleetMeters meters = new FleetMeters(registry);
  private final WatchedMember member = watched("");

  @Test
  void aContainerThatWasThereBeforeTheRouterIsNoColdStart() {
    member.look(0, Health.UNKNOWN, READY, null);
    member.look(10_000, health(State.HEALTHY, "boot-1", 0, 10_000), READY, null);

    assertThat(coldStarts()).isZero();
    assertThat(changes("healthy")).isEqualTo(1);
  }

  @Test
  void aContainerThatIsAwaitedIsOne() {
    member.look(0, Health.UNKNOWN, READY, null);
    member.look(1_000, health(State.UNKNOWN, "", 1, 0), READY, null);
    member.look(2_000, health(State.UNKNOWN, "", 2, 0), READY, null);
    member.look(21_000, health(State.HEALTHY, "boot-1", 0, 21_000), READY, null);

    assertThat(coldStarts()).isEqualTo(1);
    assertThat(awaited()).isEqualTo(20);
  }

  @Test
  void aContainerThatComesBackWithItsStateIsNone() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), READY, null);
    member.look(1_000, health(State.UNHEALTHY, "boot-1", 3, 1_000), READY, null);
    member.look(9_000, health(State.HEALTHY, "boot-1", 0, 9_000), READY, null);

    assertThat(coldStarts()).isZero();
    assertThat(changes("healthy")).isEqualTo(2);
    assertThat(changes("unhealthy")).isEqualTo(1);
  }

  @Test
  void aContainerThatComesBackWithoutItIsOne() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), READY, null);
    member.look(1_000, health(State.GONE, "boot-1", 3, 1_000), READY, null);
    member.look(9_000, health(State.HEALTHY, "boot-2", 0, 9_000), READY, null);

    assertThat(awaited()).isEqualTo(8);
  }

  @Test
  void withoutBootIdsOnlyAContainerThatWasGoneBeganAnew() {
    member.look(0, health(State.HEALTHY, "", 0, 1), READY, null);
    member.look(1_000, health(State.UNHEALTHY, "", 3, 1_000), READY, null);
    member.look(2_000, health(State.HEALTHY, "", 0, 2_000), READY, null);
    assertThat(coldStarts()).isZero();

    member.look(3_000, health(State.GONE, "", 3, 3_000), READY, null);
    member.look(7_000, health(State.HEALTHY, "", 0, 7_000), READY, null);
    assertThat(awaited()).isEqualTo(4);
  }

  @Test
  void aStateThatBeganAnewBetweenTwoLooksCounts() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), READY, null);
    member.look(200, health(State.HEALTHY, "boot-1", 0, 150), READY, null);

    assertThat(changes("healthy")).isEqualTo(2);
  }

  @Test
  void anInstanceThatLeftIsShownNoLonger() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), READY, null);
    member.left();

    assertThat(changes("left")).isEqualTo(1);
    assertThat(registry.find("session_router_instance_state").gauges()).isEmpty();
    assertThat(registry.find("session_router_instance_sessions").gauges()).isEmpty();
  }

  @Test
  void theSessionsOfAContainerThatMovedWithItsStateMigrate() {
    WatchedMember moved = watched("boot-1");
    moved.look(0, health(State.UNKNOWN, "boot-1", 0, 0), READY, null);
    moved.look(1_000, health(State.UNKNOWN, "boot-1", 1, 0), READY, null);
    assertThat(migrated()).as("not known yet").isZero();

    moved.look(2_000, health(State.HEALTHY, "boot-1", 0, 2_000), READY, null);
    moved.look(3_000, health(State.UNHEALTHY, "boot-1", 3, 3_000), READY, null);
    moved.look(4_000, health(State.HEALTHY, "boot-1", 0, 4_000), READY, null);

    assertThat(migrated()).as("once").isEqualTo(SESSIONS);
    assertThat(coldStarts()).as("it did not begin anew").isZero();
  }

  @Test
  void thoseOfOneThatBeganAnewElsewhereDoNot() {
    WatchedMember anew = watched("boot-1");
    anew.look(0, health(State.UNKNOWN, "boot-1", 1, 0), READY, null);
    anew.look(2_000, health(State.HEALTHY, "boot-2", 0, 2_000), READY, null);

    assertThat(migrated()).isZero();
    assertThat(awaited()).isEqualTo(2);
  }

  @Test
  void norDoThoseOfOneThatStaysOrTellsNoBoot() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), READY, null);
    member.look(1_000, health(State.GONE, "boot-1", 3, 1_000), READY, null);
    member.look(2_000, health(State.HEALTHY, "boot-1", 0, 2_000), READY, null);
    watched("").look(0, health(State.HEALTHY, "", 0, 1), READY, null);

    assertThat(migrated()).isZero();
  }

  private WatchedMember watched(String bootElsewhere) {
    return new WatchedMember(
        meters,
        new FleetMeters.Key("chat", "main", "a:1"),
        new FleetMeters.Readings(() -> true, () -> SESSIONS, () -> 0),
        bootElsewhere);
  }

  @Test
  void aHealthyOneThatDrainsIsShownAsSuch() {
    member.look(0, health(State.HEALTHY, "boot-1", 0, 1), READY, null);
    member.look(1_000, health(State.HEALTHY, "boot-1", 0, 1), DRAINED, null);
    member.look(2_000, health(State.GONE, "boot-1", 3, 2_000), DRAINED, null);

    assertThat(changes("draining")).isEqualTo(1);
    assertThat(changes("gone")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void oneThatSomebodyWantsEmptyIsShownAsDrainedWhateverItsHealth(DrainReason reason) {
    member.look(0, health(State.GONE, "boot-1", 3, 1), Set.of(reason), null);
    assertThat(registry.find("session_router_instance_draining").gauges())
        .as("being not ready, or not in DNS, passes")
        .hasSize(reason == DrainReason.NOT_READY || reason == DrainReason.UNLISTED ? 0 : 1);

    member.look(1_000, health(State.GONE, "boot-1", 3, 1), READY, null);
    assertThat(registry.find("session_router_instance_draining").gauges()).isEmpty();
  }

  @Test
  void oneThatTakesAnothersPlaceIsShownWhenTheOtherLeaves() {
    member.look(0, health(State.GONE, "boot-1", 3, 1), DRAINED, null);
    WatchedMember next = watched("");
    next.look(1_000, health(State.HEALTHY, "boot-2", 0, 1_000), READY, null);
    member.left();

    assertThat(registry.get("session_router_instance_sessions").gauge().value())
        .isEqualTo(SESSIONS);
    assertThat(registry.get("session_router_instance_healthy").gauge().value()).isOne();
    assertThat(registry.get("session_router_instance_state").gauge().getId().getTag("state"))
        .isEqualTo("healthy");
    assertThat(registry.find("session_router_instance_draining").gauges()).isEmpty();

    next.left();
    assertThat(registry.find("session_router_instance_sessions").gauges()).isEmpty();
  }

  private static Health health(State state, String bootId, int failures, long since) {
    Health plain = new Health(state, bootId, failures);
    return new Health(
        plain.state(),
        plain.bootId(),
        plain.failedChecks(),
        0,
        plain.failedRequests(),
        since,
        false);
  }

  private long coldStarts() {
    return registry.find("session_router_cold_start").timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private double migrated() {
    return registry.get("session_router_sessions_migrated").counter().count();
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
