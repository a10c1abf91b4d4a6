package io.sessionrouter.fleet.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.DiscoveredInstance;
import io.sessionrouter.fleet.Readiness;
import io.sessionrouter.fleet.discovery.SliceStore.Found;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pod of both address families whose slices change one after the other. */
class SteadyAddressesTest {
  private static final long MOVING = SteadyAddresses.MOVE_TIME.toMillis();
  private static final Found FOUR = found("IPv4", "10.0.0.7", "u1");
  private static final Found SIX = found("IPv6", "[fd00::7]", "u1");

  private final SteadyAddresses addresses = new SteadyAddresses();

  @Test
  void aPodThatMovesBetweenSlicesOfOneFamilyStaysWhereItIs() {
    addresses.steady(List.of(FOUR), 1_000);

    assertThat(addresses.steady(List.of(SIX), 5_000)).containsExactly(FOUR);
    assertThat(addresses.waiting()).isTrue();
    assertThat(addresses.steady(List.of(FOUR), 5_200)).containsExactly(FOUR);
    assertThat(addresses.waiting()).isFalse();
    assertThat(addresses.steady(List.of(SIX), 9_000)).as("counted anew").containsExactly(FOUR);
  }

  @Test
  void oneThatHasLostThatAddressGoesToItsOther() {
    addresses.steady(List.of(FOUR), 1_000);
    addresses.steady(List.of(SIX), 5_000);

    assertThat(addresses.steady(List.of(SIX), 5_000 + MOVING - 1)).containsExactly(FOUR);
    assertThat(addresses.steady(List.of(SIX), 5_000 + MOVING)).containsExactly(SIX);
    assertThat(addresses.waiting()).isFalse();
  }

  @Test
  void aBetterAddressIsUsedAtOnce() {
    addresses.steady(List.of(SIX), 1_000);

    assertThat(addresses.steady(List.of(FOUR), 5_000)).containsExactly(FOUR);
  }

  @Test
  void anotherPodOfThatNameIsWhereItIs() {
    addresses.steady(List.of(FOUR), 1_000);
    Found other = found("IPv6", "[fd00::9]", "u2");

    assertThat(addresses.steady(List.of(other), 1_100)).containsExactly(other);
  }

  @Test
  void whatIsInNoSliceIsNotKept() {
    addresses.steady(List.of(FOUR), 1_000);

    assertThat(addresses.steady(List.of(), 1_100)).isEmpty();
    assertThat(addresses.waiting()).isFalse();
  }

  private static Found found(String family, String host, String uid) {
    Instance instance = new Instance("chat", "main", "chat-0", host, 8080, false);
    return new Found(family, new DiscoveredInstance(instance, Readiness.READY, uid, 0));
  }
}
