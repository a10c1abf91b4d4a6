package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Endpoints.variant;
import static io.sessionrouter.fleet.FleetUpdates.Vanished.LEAVES;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.EndpointPhase;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of members and their sessions when their endpoint is configured otherwise. */
class ChangedFleetTest extends StillFleet {

  ChangedFleetTest() {
    super(variant("main", 1, 9001, 9002));
  }

  private Member member(int port) {
    Member member = chat().member("127.0.0.1:" + port);
    assertThat(member).as("member %d", port).isNotNull();
    return member;
  }

  private Session session(int port, String boot) {
    long now = clock.millis();
    return new Session("s", "127.0.0.1:" + port, boot, "main", "", "", now, Long.MAX_VALUE, now);
  }

  @Test
  void whatStaysIsTheSameMember() {
    Member first = member(9001);
    Observed.passed(first, "boot", clock.millis());

    catalog.put(of(variant("main", 0.3, 9001, 9003), variant("canary", 0.7, 9004)));

    assertThat(member(9001)).isSameAs(first);
    assertThat(chat().variants())
        .extracting(VariantFleet::name, VariantFleet::weight)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("main", 0.3),
            org.assertj.core.groups.Tuple.tuple("canary", 0.7));
    assertThat(member(9003).health().state()).isEqualTo(Health.State.UNKNOWN);
    assertThat(member(9004).instance().variant()).isEqualTo("canary");
  }

  @Test
  void anInstanceTakenFromTheListDrains() {
    Member second = member(9002);
    Observed.passed(second, "boot", clock.millis());
    Session session = session(9002, "boot");

    catalog.put(of(variant("main", 1, 9001)));

    assertThat(member(9002)).isSameAs(second);
    assertThat(second.placeable()).isFalse();
    assertThat(second.drainReasons()).containsExactly(DrainReason.UNLISTED);
    assertThat(chat().verdict(session)).isEqualTo(StateVerdict.HELD);
  }

  @Test
  void itStaysWhileItAnswersAndAsLongAsASessionMayLive() {
    Observed.passed(member(9002), "boot", clock.millis());
    catalog.put(of(variant("main", 1, 9001)));

    clock.advance(Duration.ofMinutes(19));
    fleet.settle();
    assertThat(member(9002)).isNotNull();

    clock.advance(Duration.ofMinutes(1));
    fleet.settle();
    assertThat(chat().member("127.0.0.1:9002")).isNull();
  }

  @Test
  void whatIsListedAgainTakesWorkAgain() {
    Member second = member(9002);
    Observed.passed(second, "boot", clock.millis());
    catalog.put(of(variant("main", 1, 9001)));

    catalog.put(of(variant("main", 1, 9001, 9002)));

    assertThat(member(9002)).isSameAs(second);
    assertThat(second.placeable()).isTrue();
    clock.advance(Duration.ofHours(1));
    fleet.settle();
    assertThat(member(9002)).isSameAs(second);
  }

  @Test
  void theInstancesOfAVariantThatIsNoMoreDrainToo() {
    catalog.put(of(variant("main", 1, 9001), variant("canary", 1, 9005)));
    Member canary = member(9005);
    Observed.passed(canary, "boot", clock.millis());

    catalog.put(of(variant("main", 1, 9001)));

    assertThat(member(9005)).isSameAs(canary);
    assertThat(canary.placeable()).isFalse();
    assertThat(chat().variants()).extracting(VariantFleet::name).containsExactly("main");
  }

  @Test
  void whatAClosedSourceListedDrainsAndWhatItSaysLaterIsIgnored() {
    FleetUpdates.Source source = fleet.source("chat", "main", LEAVES);
    DiscoveredInstance pod =
        new DiscoveredInstance(
            new Instance("chat", "main", "chat-0", "127.0.0.1", 7001, false),
            Readiness.READY,
            "uid",
            0);
    source.lists(List.of(pod), clock.millis());
    Member member = chat().member("chat-0");
    Observed.passed(member, "boot", clock.millis());

    source.close();
    source.lists(List.of(), clock.millis());
    source.silent();
    source.stillAt(clock.millis());
    clock.advance(Membership.MOVE_TIME.multipliedBy(2));
    fleet.settle();

    assertThat(chat().member("chat-0")).isSameAs(member);
    assertThat(member.placeable()).isFalse();
    assertThat(chat().complete()).as("the configured ones are known").isTrue();
  }

  /** The same container by two names: new work goes by the new one, sessions go on by the old. */
  @Test
  void anInstanceThatIsFoundInsteadOfConfiguredKeepsItsSessionsName() {
    Member configured = member(9002);
    Observed.passed(configured, "boot", clock.millis());
    Session session = session(9002, "boot");
    FleetUpdates.Source source = fleet.source("chat", "main", LEAVES);
    catalog.put(of(variant("main", 1, 9001)));

    source.lists(
        List.of(
            new DiscoveredInstance(
                new Instance("chat", "main", "chat-2", "127.0.0.1", 9002, false),
                Readiness.READY,
                "uid",
                0)),
        clock.millis());

    assertThat(chat().member("chat-2")).isNotNull();
    assertThat(member(9002)).isSameAs(configured);
    assertThat(chat().verdict(session)).isEqualTo(StateVerdict.HELD);
  }

  @Test
  void aPhaseIsSeenAndAnEndpointThatIsRemovedIsNot() {
    catalog.retire("chat");
    assertThat(chat().phase()).isEqualTo(EndpointPhase.RETIRED);
    assertThat(chat().members()).hasSize(2);

    FleetUpdates.Source source = fleet.source("chat", "main", LEAVES);
    catalog.remove("chat");
    assertThat(chat()).isNull();

    source.lists(List.of(), clock.millis());
    source.close();
    assertThat(chat()).as("by a source that is late").isNull();
  }

  @Test
  void marksOfOperatorsHoldForWhatComes() {
    fleet.drain("chat", Set.of("127.0.0.1:9003"));

    catalog.put(of(variant("main", 1, 9001, 9003)));

    assertThat(member(9003).drainReasons()).containsExactly(DrainReason.OPERATOR);
    assertThat(member(9001).drainReasons()).isEmpty();
  }
}
