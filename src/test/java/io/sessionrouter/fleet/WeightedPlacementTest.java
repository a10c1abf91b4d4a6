package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Endpoints.endpoint;
import static io.sessionrouter.fleet.Endpoints.healthy;
import static io.sessionrouter.fleet.Endpoints.variant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.telemetry.FleetMeters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedPlacementTest {
  private final Map<String, Integer> bound = new HashMap<>();
  private final RandomGenerator random = new SplittableRandom(42);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WeightedPlacement placement =
      new WeightedPlacement(
          (endpoint, id) -> bound.getOrDefault(id, 0), new FleetMeters(registry), () -> random);

  @ParameterizedTest
  @CsvSource({"7, 2, 1", "0.7, 0.2, 0.1"})
  void weightsDecideTheShareOfNewWork(double a, double b, double c) {
    EndpointFleet fleet =
        new EndpointFleet(
            endpoint(null, variant("a", a), variant("b", b), variant("c", c)),
            List.of(healthy("a", 1), healthy("b", 2), healthy("c", 3), healthy("c", 4)));

    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      shares.merge(placeStateless(fleet, null).instance().variant(), 1, Integer::sum);
    }

    assertThat(shares.get("a") / 10_000.0).isCloseTo(0.7, within(0.02));
    assertThat(shares.get("b") / 10_000.0).isCloseTo(0.2, within(0.02));
    assertThat(shares.get("c") / 10_000.0).isCloseTo(0.1, within(0.02));
  }

  @Test
  void aVariantThatHasNoHealthyMemberLeavesItsShareToTheOthers() {
    Member down = new Member(Endpoints.instance("a", 1));
    Member up = healthy("b", 2);
    EndpointFleet fleet =
        new EndpointFleet(endpoint(null, variant("a", 1000), variant("b", 1)), List.of(down, up));

    assertThat(IntStream.range(0, 100).mapToObj(i -> placeStateless(fleet, null))).containsOnly(up);
  }

  @Test
  void aVariantOfWeightZeroTakesOnlyWhatAsksForIt() {
    Member shadow = healthy("shadow", 1);
    EndpointFleet fleet =
        new EndpointFleet(
            endpoint(null, variant("main", 1), variant("shadow", 0)), List.of(shadow));

    assertThat(placement.place(fleet, null, false, List.of(), Rendezvous.NONE)).isNull();
    assertThat(placement.refusal(fleet, null, false).kind())
        .isEqualTo(FailureKind.NO_HEALTHY_INSTANCE);
    assertThat(placement.place(fleet, "shadow", false, List.of(), Rendezvous.NONE))
        .isSameAs(shadow);
  }

  @Test
  void theVariantAskedForIsTaken() {
    EndpointFleet fleet =
        new EndpointFleet(
            endpoint(null, variant("a", 1000), variant("b", 1)),
            List.of(healthy("a", 1), healthy("b", 2)));

    assertThat(IntStream.range(0, 100).mapToObj(i -> placeStateless(fleet, "b")))
        .allSatisfy(m -> assertThat(m.instance().variant()).isEqualTo("b"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void ofFewMembersTheOneWithTheFewestSessionsIsTaken(int size) {
    EndpointFleet fleet = fleet(null, size);
    for (int i = 0; i < 20 * size; i++) {
      bind(placement.place(fleet, null, true, List.of(), Rendezvous.NONE));
    }

    assertThat(bound.values()).hasSize(size).containsOnly(20);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 50})
  void ofManyMembersTwoRandomOnesAreCompared(int size) {
    EndpointFleet fleet = fleet(null, size);
    for (int i = 0; i < 100 * size; i++) {
      bind(placement.place(fleet, null, true, List.of(), Rendezvous.NONE));
    }

    // a uniform choice would spread by about 10 each way at one standard deviation
    assertThat(bound.values()).hasSize(size).allSatisfy(n -> assertThat(n).isBetween(90, 110));
  }

  @Test
  void sessionsDecideBeforeRequestsInFlight() {
    EndpointFleet fleet = fleet(null, 2);
    Member busy = fleet.members().get(0);
    Member full = fleet.members().get(1);
    busy.began();
    bound.put(full.instance().id(), 1);

    assertThat(placement.place(fleet, null, true, List.of(), Rendezvous.NONE)).isSameAs(busy);
    assertThat(placement.place(fleet, null, false, List.of(), Rendezvous.NONE)).isSameAs(full);
  }

  @Test
  void amongEqualSessionsTheFewestRequestsInFlightDecide() {
    EndpointFleet fleet = fleet(null, 3);
    fleet.members().get(0).began();
    fleet.members().get(2).began();

    assertThat(
            IntStream.range(0, 50)
                .mapToObj(i -> placement.place(fleet, null, true, List.of(), Rendezvous.NONE)))
        .containsOnly(fleet.members().get(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 9, 30})
  void equalsShareTheWork(int size) {
    EndpointFleet fleet = fleet(null, size);

    Set<Member> chosen = new HashSet<>();
    for (int i = 0; i < 100 * size; i++) {
      chosen.add(placeStateless(fleet, null));
    }

    assertThat(chosen).containsExactlyInAnyOrderElementsOf(fleet.members());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 9, 20})
  void everyMemberIsTriedOnceAndThenNoneIsLeft(int size) {
    EndpointFleet fleet = fleet(null, size);
    List<Member> tried = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      tried.add(placement.place(fleet, null, false, tried, Rendezvous.NONE));
    }

    assertThat(tried).containsExactlyInAnyOrderElementsOf(fleet.members());
    assertThat(placement.place(fleet, null, false, tried, Rendezvous.NONE)).isNull();
    assertThat(placement.refusal(fleet, null, false).kind())
        .isEqualTo(FailureKind.NO_HEALTHY_INSTANCE);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 9, 20})
  void anInstanceThatIsFullGetsNoSessionButOtherWork(int size) {
    EndpointFleet fleet = fleet(3, size);
    for (int i = 0; i < 3 * size; i++) {
      bind(placement.place(fleet, null, true, List.of(), Rendezvous.NONE));
    }

    assertThat(bound.values()).hasSize(size).containsOnly(3);
    assertThat(placement.place(fleet, null, true, List.of(), Rendezvous.NONE)).isNull();
    assertThat(placement.place(fleet, null, false, List.of(), Rendezvous.NONE)).isNotNull();
    assertRefusal(
        fleet,
        null,
        true,
        FailureKind.NO_SESSION_SLOT,
        "Every instance of endpoint chat holds as many sessions as it may.");
  }

  @Test
  void fullAndUnhealthyIsNotTakenForFull() {
    EndpointFleet fleet =
        new EndpointFleet(
            endpoint(1, variant("main", 1)), List.of(new Member(Endpoints.instance("main", 1))));
    bind(fleet.members().getFirst());

    assertRefusal(
        fleet,
        null,
        true,
        FailureKind.NO_HEALTHY_INSTANCE,
        "No healthy instance of endpoint chat is available.");
  }

  @Test
  void aFullVariantAskedForIsNamed() {
    Member a = healthy("a", 1);
    EndpointFleet fleet =
        new EndpointFleet(
            endpoint(1, variant("a", 1), variant("b", 1)), List.of(a, healthy("b", 2)));
    bind(a);

    assertThat(placement.place(fleet, "a", true, List.of(), Rendezvous.NONE)).isNull();
    assertRefusal(
        fleet,
        "a",
        true,
        FailureKind.NO_SESSION_SLOT,
        "Every instance of endpoint chat, variant a holds as many sessions as it may.");
    assertThat(placement.place(fleet, null, true, List.of(), Rendezvous.NONE).instance().variant())
        .isEqualTo("b");
  }

  @Test
  void anUnknownVariantIsNamed() {
    EndpointFleet fleet = fleet(null, 1);

    assertThat(placement.place(fleet, "nope", false, List.of(), Rendezvous.NONE)).isNull();
    assertRefusal(
        fleet,
        "nope",
        false,
        FailureKind.UNKNOWN_VARIANT,
        "Variant nope of endpoint chat not found.");
  }

  @Test
  void anEndpointMayHaveNoMembers() {
    EndpointFleet fleet = fleet(null, 0);

    assertThat(placement.place(fleet, null, true, List.of(), Rendezvous.NONE)).isNull();
    assertThat(placement.place(fleet, "main", true, List.of(), Rendezvous.NONE)).isNull();
    assertThat(placement.refusal(fleet, null, true).kind())
        .isEqualTo(FailureKind.NO_HEALTHY_INSTANCE);
  }

  @ParameterizedTest
  @EnumSource(value = Health.State.class, mode = EnumSource.Mode.EXCLUDE, names = "HEALTHY")
  void onlyHealthyMembersGetWork(Health.State state) {
    Member member = new Member(Endpoints.instance("main", 1), new Health(state, "", 0));
    EndpointFleet fleet = new EndpointFleet(endpoint(null, variant("main", 1)), List.of(member));

    assertThat(placement.place(fleet, null, false, List.of(), Rendezvous.NONE)).isNull();
    assertThat(placement.place(fleet, "main", true, List.of(), Rendezvous.NONE)).isNull();
  }

  /** Whatever the fleet, work goes to a member that fits if there is one, and else nowhere. */
  @Test
  void workIsPlacedExactlyIfSomeMemberFits() {
    SplittableRandom cases = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      EndpointFleet fleet = anyFleet(cases);
      List<Member> tried = fleet.members().stream().filter(m -> cases.nextInt(4) == 0).toList();
      boolean opens = cases.nextBoolean();
      String variant = cases.nextBoolean() ? null : "v" + cases.nextInt(3);

      Member placed = placement.place(fleet, variant, opens, tried, Rendezvous.NONE);

      assertThat(fits(fleet, variant, opens, tried))
          .as("case %d", i)
          .matches(fitting -> placed == null ? fitting.isEmpty() : fitting.contains(placed));
    }
  }

  private List<Member> fits(
      EndpointFleet fleet, @Nullable String variant, boolean opens, List<Member> tried) {
    Integer max = fleet.settings().sessions().maxPerInstance();
    return fleet.members().stream()
        .filter(m -> m.health().state() == Health.State.HEALTHY)
        .filter(m -> !tried.contains(m))
        .filter(
            m -> variant == null ? weight(fleet, m) > 0 : m.instance().variant().equals(variant))
        .filter(m -> !opens || max == null || bound.getOrDefault(m.instance().id(), 0) < max)
        .toList();
  }

  private static double weight(EndpointFleet fleet, Member member) {
    return fleet.settings().variants().stream()
        .filter(v -> v.name().equals(member.instance().variant()))
        .findFirst()
        .orElseThrow()
        .weight();
  }

  private EndpointFleet anyFleet(SplittableRandom cases) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < cases.nextInt(25); i++) {
      Health.State state = Health.State.values()[cases.nextInt(4)];
      Member member =
          new Member(
              Endpoints.instance("v" + cases.nextInt(3), 1000 + i), new Health(state, "", 0));
      bound.put(member.instance().id(), cases.nextInt(4));
      members.add(member);
    }
    return new EndpointFleet(
        endpoint(
            cases.nextBoolean() ? null : 1 + cases.nextInt(3),
            variant("v0", cases.nextInt(3)),
            variant("v1", cases.nextInt(3)),
            variant("v2", 1)),
        members);
  }

  private static EndpointFleet fleet(@Nullable Integer maxPerInstance, int size) {
    return new EndpointFleet(
        endpoint(maxPerInstance, variant("main", 1)),
        IntStream.range(0, size).mapToObj(i -> healthy("main", 1000 + i)).toList());
  }

  private Member placeStateless(EndpointFleet fleet, @Nullable String variant) {
    return placement.place(fleet, variant, false, List.of(), Rendezvous.NONE);
  }

  private void bind(Member member) {
    bound.merge(member.instance().id(), 1, Integer::sum);
  }

  private void assertRefusal(
      EndpointFleet fleet,
      @Nullable String variant,
      boolean opens,
      FailureKind kind,
      String message) {
    RouterException refusal = placement.refusal(fleet, variant, opens);
    assertThat(refusal.kind()).isEqualTo(kind);
    assertThat(refusal.text()).isEqualTo(message);
  }

  // Panic

  private static Member ejected(int port) {
    Member member = healthy("a", port);
    for (int i = 0; i < Health.FAILURE_THRESHOLD; i++) {
      member.observe(h -> h.requestFailed(1), "test");
    }
    return member;
  }

  private double panicPlacements() {
    var counter = registry.find("session_router_panic_placements").counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void anEjectedMemberGetsNoWorkWhileAnotherIsLeft() {
    Member good = healthy("a", 2);
    EndpointFleet fleet =
        new EndpointFleet(endpoint(null, variant("a", 1)), List.of(ejected(1), good));

    assertThat(IntStream.range(0, 50).mapToObj(i -> placeStateless(fleet, null)))
        .containsOnly(good);
    assertThat(panicPlacements()).isZero();
  }

  @Test
  void itGetsWorkWhereNoOtherIsLeft() {
    Member out = ejected(1);
    Member tried = healthy("a", 2);
    Member down = new Member(Endpoints.instance("a", 3));
    EndpointFleet fleet =
        new EndpointFleet(endpoint(null, variant("a", 1)), List.of(down, out, tried));

    assertThat(placement.place(fleet, null, false, List.of(tried), Rendezvous.NONE)).isSameAs(out);
    assertThat(placement.place(fleet, "a", true, List.of(tried), Rendezvous.NONE)).isSameAs(out);
    assertThat(panicPlacements()).isEqualTo(2);
  }

  @Test
  void butNotIfItsChecksFailTooOrItDrainsOrWasTried() {
    Member down = ejected(1);
    for (int i = 0; i < Health.FAILURE_THRESHOLD; i++) {
      down.observe(h -> h.checkFailed(2), "test");
    }
    Member drains = ejected(2);
    drains.drainedByOperator(true, 0);
    Member tried = ejected(3);
    EndpointFleet fleet =
        new EndpointFleet(endpoint(null, variant("a", 1)), List.of(down, drains, tried));

    assertThat(placement.place(fleet, null, false, List.of(tried), Rendezvous.NONE)).isNull();
    assertThat(placement.refusal(fleet, null, false).kind())
        .isEqualTo(FailureKind.NO_HEALTHY_INSTANCE);
  }

  @Test
  void aMemberThatIsHardToReachIsTheSecondChoice() {
    Member hard = healthy("a", 1);
    Member easy = healthy("a", 2);
    hard.hardToReach(true);
    easy.began();
    EndpointFleet fleet = new EndpointFleet(endpoint(null, variant("a", 1)), List.of(hard, easy));

    assertThat(IntStream.range(0, 50).mapToObj(i -> placeStateless(fleet, null)))
        .containsOnly(easy);
    assertThat(placement.place(fleet, null, false, List.of(easy), Rendezvous.NONE)).isSameAs(hard);
  }
}
