package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Endpoints.endpoint;
import static io.sessionrouter.fleet.Endpoints.healthy;
import static io.sessionrouter.fleet.Endpoints.variant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.AsciiString;
import io.sessionrouter.telemetry.FleetMeters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that begin alike are kept together as long as that costs nobody anything. */
class PrefixPlacementTest {
  private static final int IDS = 2000;

  private final RandomGenerator random = new SplittableRandom(42);
  private final Map<String, Integer> bound = new HashMap<>();
  private final WeightedPlacement placement =
      new WeightedPlacement(
          (endpoint, instance) -> bound.getOrDefault(instance, 0),
          new FleetMeters(new SimpleMeterRegistry()),
          () -> random);

  private static List<Member> members(String variant, int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> healthy(variant, 1000 + 100 * variant.charAt(0) + i))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static EndpointFleet fleet(List<Member> members) {
    return new EndpointFleet(endpoint(null, variant("main", 1)), members);
  }

  private Member place(EndpointFleet fleet, String id, Member... tried) {
    return placement.place(fleet, null, false, List.of(tried), Rendezvous.key(id));
  }

  private Map<String, Member> placeAll(EndpointFleet fleet) {
    return IntStream.range(0, IDS)
        .mapToObj(i -> "conversation-" + i)
        .collect(Collectors.toMap(id -> id, id -> place(fleet, id)));
  }

  private static void busy(Member member, int requests) {
    IntStream.range(0, requests).forEach(i -> member.began());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 9, 40})
  void theSameIdGoesToTheSameMember(int size) {
    EndpointFleet fleet = fleet(members("main", size));

    assertThat(placeAll(fleet)).isEqualTo(placeAll(fleet));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 20})
  void differentIdsAreSpread(int size) {
    Map<Member, Long> load =
        placeAll(fleet(members("main", size))).values().stream()
            .collect(Collectors.groupingBy(m -> m, Collectors.counting()));

    assertThat(load).hasSize(size);
    double share = (double) IDS / size;
    assertThat(load.values())
        .allSatisfy(ids -> assertThat((double) ids).isCloseTo(share, within(share / 2)));
  }

  @Test
  void anotherReplicaDecidesTheSameWhateverItsOrder() {
    List<Member> members = members("main", 10);

    assertThat(placeAll(fleet(members)))
        .isEqualTo(placeAll(fleet(new ArrayList<>(members.reversed()))));
  }

  @Test
  void whenAMemberLeavesOnlyItsOwnIdsMove() {
    List<Member> members = members("main", 6);
    Map<String, Member> before = placeAll(fleet(members));
    Member leaves = members.remove(2);

    placeAll(fleet(members))
        .forEach(
            (id, now) -> {
              if (before.get(id) != leaves) {
                assertThat(now).as(id).isSameAs(before.get(id));
              }
            });
  }

  @Test
  void whenAMemberComesItTakesItsShareAndNothingElseMoves() {
    List<Member> members = members("main", 6);
    Map<String, Member> before = placeAll(fleet(members));
    Member comes = healthy("main", 1);
    members.addFirst(comes);

    Map<String, Member> after = placeAll(fleet(members));

    long moved =
        after.entrySet().stream().filter(e -> before.get(e.getKey()) != e.getValue()).count();
    assertThat((double) moved).isCloseTo(IDS / 7.0, within(IDS / 20.0));
    after.forEach((id, now) -> assertThat(now == comes || now == before.get(id)).as(id).isTrue());
  }

  @Test
  void anUnhealthyMembersIdsGoElsewhereAndComeBack() {
    EndpointFleet fleet = fleet(members("main", 3));
    Member own = place(fleet, "x");
    for (int i = 0; i < Health.FAILURE_THRESHOLD; i++) {
      own.observe(h -> h.requestFailed(1), "test");
    }

    Member other = place(fleet, "x");
    assertThat(other).isNotSameAs(own);
    assertThat(place(fleet, "x")).as("all the while").isSameAs(other);

    own.observe(h -> new Health(Health.State.HEALTHY, h.bootId(), 0), "");
    assertThat(place(fleet, "x")).isSameAs(own);
  }

  @Test
  void aMemberThatIsHardToReachIsPassedOver() {
    EndpointFleet fleet = fleet(members("main", 3));
    Member own = place(fleet, "x");
    own.hardToReach(true);

    assertThat(place(fleet, "x")).isNotSameAs(own);
  }

  @Test
  void whatFailedARequestIsNotTriedAgain() {
    EndpointFleet fleet = fleet(members("main", 3));
    Member first = place(fleet, "x");
    Member second = place(fleet, "x", first);
    Member third = place(fleet, "x", first, second);

    assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
    assertThat(place(fleet, "x", first, second, third)).isNull();
  }

  @Test
  void aCrowdedMembersIdsGoToTheNextInTheirOrder() {
    EndpointFleet fleet = fleet(members("main", 4));
    Member own = place(fleet, "x");
    Member next = place(fleet, "x", own);
    fleet.members().forEach(member -> busy(member, 10));
    assertThat(place(fleet, "x")).as("all have the same").isSameAs(own);

    // 13 of 43: 1.25 times the mean and one more is 14.4
    busy(own, 3);
    assertThat(place(fleet, "x")).isSameAs(own);
    // 15 of 45: the limit is 15.06
    busy(own, 2);
    assertThat(place(fleet, "x")).isSameAs(own);
    // 16 of 46: the limit is 15.4
    busy(own, 1);
    assertThat(place(fleet, "x")).isSameAs(next);

    own.ended(false);
    assertThat(place(fleet, "x")).as("no state is kept").isSameAs(own);
  }

  @Test
  void oneHotIdIsSpreadAsItCrowdsItsMembers() {
    EndpointFleet fleet = fleet(members("main", 3));
    for (int i = 0; i < 300; i++) {
      place(fleet, "hot").began();
    }

    assertThat(fleet.members())
        .allSatisfy(member -> assertThat(member.inFlight()).isBetween(40, 130));
  }

  @Test
  void theVariantAskedForIsTaken() {
    List<Member> all = members("a", 2);
    all.addAll(members("b", 2));
    EndpointFleet fleet =
        new EndpointFleet(endpoint(null, variant("a", 1000), variant("b", 1)), all);

    for (int i = 0; i < 50; i++) {
      Member placed = placement.place(fleet, "b", false, List.of(), Rendezvous.key("id" + i));
      assertThat(placed.instance().variant()).isEqualTo("b");
    }
  }

  @Test
  void eachVariantHasItsShareOfTheIds() {
    List<Member> all = members("a", 2);
    all.addAll(members("b", 3));
    EndpointFleet fleet = new EndpointFleet(endpoint(null, variant("a", 3), variant("b", 1)), all);

    Map<String, Member> placed = placeAll(fleet);

    long a = placed.values().stream().filter(m -> m.instance().variant().equals("a")).count();
    assertThat((double) a / IDS).isCloseTo(0.75, within(0.04));
    assertThat(placeAll(fleet)).as("and each id its variant").isEqualTo(placed);
  }

  @Test
  void aVariantOfWeightZeroGetsNone() {
    List<Member> all = members("a", 1);
    all.addAll(members("b", 1));
    EndpointFleet fleet = new EndpointFleet(endpoint(null, variant("a", 1), variant("b", 0)), all);

    assertThat(placeAll(fleet).values())
        .allSatisfy(m -> assertThat(m.instance().variant()).isEqualTo("a"));
  }

  @Test
  void aSessionThatOpensNeedsASlotAllTheSame() {
    EndpointFleet fleet = new EndpointFleet(endpoint(1, variant("main", 1)), members("main", 2));
    Member own = placement.place(fleet, null, true, List.of(), Rendezvous.key("x"));
    bound.put(own.instance().id(), 1);

    assertThat(placement.place(fleet, null, true, List.of(), Rendezvous.key("x")))
        .isNotNull()
        .isNotSameAs(own);
  }

  @Test
  void withoutAnIdTheLeastUsedIsTaken() {
    EndpointFleet fleet = fleet(members("main", 2));
    busy(fleet.members().getFirst(), 1);

    for (int i = 0; i < 20; i++) {
      assertThat(placement.place(fleet, null, false, List.of(), Rendezvous.NONE))
          .isSameAs(fleet.members().getLast());
    }
  }

  @Test
  void keysOfIdsDiffer() {
    assertThat(
            IntStream.range(0, 100_000)
                .mapToObj(i -> Rendezvous.key("id-" + i))
                .collect(Collectors.toSet()))
        .hasSize(100_000)
        .doesNotContain(Rendezvous.NONE);
    assertThat(Rendezvous.key("ab")).isNotEqualTo(Rendezvous.key("ba"));
    assertThat(Rendezvous.key(AsciiString.of("ab"))).isEqualTo(Rendezvous.key("ab"));
  }
}
