package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Endpoints.variant;
import static io.sessionrouter.fleet.FleetUpdates.Vanished.DRAINS;
import static io.sessionrouter.fleet.FleetUpdates.Vanished.LEAVES;
import static io.sessionrouter.fleet.Health.State.GONE;
import static io.sessionrouter.fleet.Health.State.HEALTHY;
import static io.sessionrouter.fleet.Health.State.UNHEALTHY;
import static io.sessionrouter.fleet.Health.State.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What sources report, and what the fleet makes of it. */
class DiscoveredFleetTest extends StillFleet {

  DiscoveredFleetTest() {
    super(variant("main", 1, 9001), variant("canary", 1));
  }

  @Test
  void configuredAndFoundInstancesAreOneFleet() {
    kubernetes().lists(List.of(ready("chat-0", 1), ready("chat-1", 2)), now());

    assertThat(ids()).containsExactly("127.0.0.1:9001", "chat-0", "chat-1");
  }

  @Test
  void anInstanceThatStaysKeepsItsMember() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1)), now());
    Member member = member("chat-0");
    passed(member, "boot");
    member.began();

    source.lists(List.of(ready("chat-0", 1), ready("chat-1", 2)), now());

    assertThat(member("chat-0")).isSameAs(member);
    assertThat(fleet.holds(member.instance())).isTrue();
    assertThat(member("127.0.0.1:9001").instance().variant()).isEqualTo("main");
  }

  @Test
  void ofTwoSourcesThatNameOneContainerTheFirstHolds() {
    FleetUpdates.Source first = kubernetes();
    FleetUpdates.Source second = fleet.source("chat", "canary", DRAINS);

    second.lists(List.of(ready("127.0.0.1:1", 1), ready("chat-1", 7)), now());
    first.lists(List.of(ready("chat-0", 1), ready("chat-1", 2), ready("copy", 9001)), now());

    assertThat(ids()).containsExactly("127.0.0.1:9001", "chat-0", "chat-1");
    assertThat(member("chat-1").instance().port()).isEqualTo(2);
  }

  @Test
  void onlyReadyInstancesGetNewWork() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1)), now());
    Member member = member("chat-0");
    passed(member, "boot");
    assertThat(member.placeable()).isTrue();
    assertThat(member.drainReasons()).isEmpty();

    source.lists(List.of(found("chat-0", 1, Readiness.NOT_READY)), now());
    assertThat(member.placeable()).isFalse();
    assertThat(member.drainReasons()).containsExactly(DrainReason.NOT_READY);

    source.lists(List.of(found("chat-0", 1, Readiness.TERMINATING)), now());
    assertThat(member.placeable()).isFalse();
    assertThat(member.drainReasons()).containsExactly(DrainReason.TERMINATING);
    assertThat(lost(session("chat-0", "boot", now()))).as("its sessions go on").isFalse();

    source.lists(List.of(ready("chat-0", 1)), now());
    assertThat(member.placeable()).isTrue();
  }

  @Test
  void aDrainingContainerKeepsItsSessions() {
    kubernetes().lists(List.of(ready("chat-0", 1)), now());
    Member member = member("chat-0");
    passed(member, "boot");

    member.observe(h -> h.checkPassed("boot", now(), 1).withDraining(true), "check passed");

    assertThat(member.health().state()).isEqualTo(HEALTHY);
    assertThat(member.placeable()).isFalse();
    assertThat(member.drainReasons()).containsExactly(DrainReason.CONTAINER);
    assertThat(lost(session("chat-0", "boot", now()))).isFalse();
  }

  @Test
  void operatorsDrainInstancesThatAreThereAndThatCome() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1)), now());
    passed(member("chat-0"), "boot");

    fleet.drain("chat", Set.of("chat-0", "chat-1"));
    fleet.drain("unheard-of", Set.of("chat-0"));
    source.lists(List.of(ready("chat-0", 1), ready("chat-1", 2), ready("chat-2", 3)), now());
    passed(member("chat-1"), "boot");
    passed(member("chat-2"), "boot");

    assertThat(member("chat-0").drainReasons()).containsExactly(DrainReason.OPERATOR);
    assertThat(member("chat-1").drainReasons()).containsExactly(DrainReason.OPERATOR);
    assertThat(member("chat-1").placeable()).isFalse();
    assertThat(member("chat-2").placeable()).isTrue();

    fleet.drain("chat", Set.of());
    assertThat(member("chat-0").placeable()).isTrue();
    assertThat(member("chat-1").placeable()).isTrue();
  }

  @Test
  void goneFromKubernetesIsLostAfterAMoment() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1)), now());
    passed(member("chat-0"), "boot");
    Session session = session("chat-0", "boot", now());
    Session unheard = session("chat-0", "another", now() + 1);

    source.lists(List.of(), now());
    for (int i = 0; i < Health.FAILURE_THRESHOLD; i++) {
      Observed.failed(member("chat-0"), now());
    }
    fleet.settle();
    assertThat(member("chat-0").drainReasons()).containsExactly(DrainReason.TERMINATING);
    assertThat(lost(session)).isFalse();

    clock.advance(Membership.MOVE_TIME);
    fleet.settle();
    assertThat(chat().member("chat-0")).isNull();
    assertThat(lost(session)).isTrue();
    assertThat(chat().verdict(unheard))
        .as("of another pod of that name")
        .isEqualTo(StateVerdict.UNSURE);
    assertThat(chat().departed()).containsExactly(new DepartedInstance("chat-0", now()));
  }

  @Test
  void whoStillAnswersAsWhoItWasDrains() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1), ready("chat-1", 2)), now());
    passed(member("chat-0"), "boot");
    passed(member("chat-1"), "");
    Session session = session("chat-0", "boot", now());

    source.lists(List.of(), now());
    clock.advance(Duration.ofMinutes(19));
    fleet.settle();

    assertThat(ids()).as("without a boot id it could be anyone").doesNotContain("chat-1");
    assertThat(member("chat-0").placeable()).isFalse();
    assertThat(lost(session)).isFalse();
    clock.advance(Duration.ofMinutes(1));
    fleet.settle();
    assertThat(chat().member("chat-0")).as("no session can live any more").isNull();
  }

  /** As when somebody deletes the Service, and makes it anew: its pods live on. */
  @Test
  void aSourceThatFallsSilentEndsNobody() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1), ready("chat-1", 2)), now());
    passed(member("chat-0"), "boot");
    passed(member("chat-1"), "");
    Session named = session("chat-0", "boot", now());
    Session unnamed = session("chat-1", "pod uid-chat-1-2", now());
    Member before = member("chat-0");

    source.silent();
    clock.advance(Duration.ofSeconds(5));
    fleet.settle();
    assertThat(member("chat-0").drainReasons()).containsExactly(DrainReason.UNLISTED);
    assertThat(member("chat-1").drainReasons()).containsExactly(DrainReason.UNLISTED);
    source.lists(List.of(ready("chat-0", 1)), now());
    clock.advance(Membership.MOVE_TIME.minusMillis(1));
    fleet.settle();
    assertThat(lost(unnamed)).as("a Service that comes back may not know all at once").isFalse();
    source.lists(List.of(ready("chat-0", 1), ready("chat-1", 2)), now());
    clock.advance(Duration.ofMinutes(1));
    fleet.settle();

    assertThat(member("chat-0")).isSameAs(before);
    assertThat(lost(named)).isFalse();
    assertThat(lost(unnamed)).isFalse();
    assertThat(chat().departed()).isEmpty();
  }

  @Test
  void butWhoDoesNotListenWhileItIsSilentIsGone() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1)), now());
    passed(member("chat-0"), "boot");
    source.silent();

    Observed.gone(member("chat-0"), now(), now() + 300);
    fleet.settle();

    assertThat(chat().member("chat-0")).isNull();
    assertThat(lost(session("chat-0", "boot", now()))).isTrue();
  }

  @Test
  void whoIsBackInThatMomentLostNothing() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1)), now());
    Member member = member("chat-0");

    source.lists(List.of(), now());
    clock.advance(Membership.MOVE_TIME.minusMillis(1));
    fleet.settle();
    source.lists(List.of(ready("chat-0", 1)), now());
    clock.advance(Membership.MOVE_TIME);
    fleet.settle();

    assertThat(member("chat-0")).isSameAs(member);
    assertThat(member.bootElsewhere()).isEmpty();
    assertThat(member.drainReasons()).isEmpty();
    assertThat(chat().departed()).isEmpty();
  }

  @Test
  void aPodAtItsOtherAddressKeepsItsSessions() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(pod("chat-0", 1, "uid")), now());
    passed(member("chat-0"), "boot-1");
    Session session = session("chat-0", "boot-1", now());
    Session untold = session("chat-0", "pod uid", now());
    clock.advance(Duration.ofSeconds(1));

    source.lists(List.of(pod("chat-0", 2, "uid")), now());

    Member moved = member("chat-0");
    assertThat(moved.instance().port()).isEqualTo(2);
    assertThat(moved.health().state()).as("not asked yet").isEqualTo(UNKNOWN);
    assertThat(moved.bootElsewhere()).isEqualTo("boot-1");
    assertThat(lost(session)).isFalse();
    assertThat(lost(untold)).isFalse();
    passed(moved, "boot-1");
    assertThat(lost(session)).as("the same boot").isFalse();
    passed(moved, "boot-2");
    assertThat(lost(session)).as("another boot").isTrue();
    assertThat(lost(session("chat-0", "boot-2", now()))).isFalse();
  }

  @Test
  void anotherPodOfThatNameEndsTheSessionsOfTheFormer() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(pod("chat-0", 1, "uid-1")), now());
    passed(member("chat-0"), "boot-1");
    Session session = session("chat-0", "boot-1", now());
    Session untold = session("chat-0", "pod uid-1", now());
    clock.advance(Duration.ofSeconds(1));

    source.lists(List.of(pod("chat-0", 2, "uid-2")), now());

    assertThat(lost(session)).isTrue();
    assertThat(lost(untold)).isTrue();
    assertThat(lost(session("chat-0", "pod uid-2", now()))).isFalse();
    assertThat(chat().verdict(session("chat-0", "boot-2", now()))).isEqualTo(StateVerdict.LIKELY);
  }

  @Test
  void soDoesAnotherPodAtTheSameAddress() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(pod("chat-0", 1, "uid-1")), now());
    Member before = member("chat-0");
    Session untold = session("chat-0", "pod uid-1", now());

    source.lists(List.of(pod("chat-0", 1, "uid-2")), now());

    assertThat(member("chat-0")).isNotSameAs(before);
    assertThat(lost(untold)).isTrue();
  }

  /** This replica was cut off: others have seen a pod of that name that it has not. */
  @Test
  void whatANewerPodHoldsIsNotLostWithTheOldOne() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(pod("chat-0", 1, "uid-1")), now());
    passed(member("chat-0"), "boot-1");
    Session old = session("chat-0", "boot-1", now());
    clock.advance(Duration.ofSeconds(1));
    Session opened = session("chat-0", "boot-2", now());
    Session untold = session("chat-0", "pod uid-2", now());

    Observed.gone(member("chat-0"), now(), now() + 60_000);
    clock.advance(Duration.ofMinutes(2));
    assertThat(lost(old)).isTrue();
    assertThat(chat().verdict(opened)).isEqualTo(StateVerdict.LIKELY);
    assertThat(chat().verdict(untold)).isEqualTo(StateVerdict.UNSURE);

    source.lists(List.of(pod("chat-0", 2, "uid-2")), now());
    assertThat(lost(opened)).isFalse();
    assertThat(chat().verdict(untold)).isEqualTo(StateVerdict.HELD);
  }

  @Test
  void aPodThatComesBackIsNotTakenForTheOneThatLeft() {
    FleetUpdates.Source source = kubernetes();
    source.lists(List.of(ready("chat-0", 1)), now());
    passed(member("chat-0"), "boot-1");
    Session session = session("chat-0", "boot-1", now());
    Session untold = session("chat-0", "pod uid-chat-0-1", now());
    source.lists(List.of(), now());
    Observed.gone(member("chat-0"), now(), now() + 300);
    clock.advance(Membership.MOVE_TIME);
    fleet.settle();

    clock.advance(Duration.ofSeconds(10));
    source.lists(List.of(pod("chat-0", 1, "uid-2")), now());
    assertThat(lost(untold)).isTrue();
    passed(member("chat-0"), "boot-2");

    assertThat(lost(session)).isTrue();
    assertThat(lost(session("chat-0", "boot-2", now()))).isFalse();
  }

  @Test
  void anInstanceThatChangesItsVariantKeepsWhatIsKnownOfItsBoot() {
    FleetUpdates.Source main = kubernetes();
    FleetUpdates.Source canary = fleet.source("chat", "canary", LEAVES);
    main.lists(List.of(ready("chat-0", 1)), now());
    Member before = member("chat-0");
    passed(before, "boot-1");
    Session untold = session("chat-0", "pod uid-chat-0-1", now());
    clock.advance(Duration.ofSeconds(1));

    canary.lists(
        List.of(
            new DiscoveredInstance(
                instance("canary", "chat-0", 1), Readiness.READY, "uid-chat-0-1", 0)),
        now());
    main.lists(List.of(), now());

    assertThat(member("chat-0")).isNotSameAs(before);
    assertThat(member("chat-0").instance().variant()).isEqualTo("canary");
    assertThat(member("chat-0").health().bootId()).isEqualTo("boot-1");
    assertThat(lost(untold)).as("it did not move").isFalse();
  }

  @Test
  void anAddressThatDnsDroppedDrainsWhileItsChecksPass() {
    FleetUpdates.Source dns = dns();
    dns.lists(List.of(ready("10.0.0.1:8080", 8080)), now());
    Member member = member("10.0.0.1:8080");
    passed(member, "boot");
    Session session = session("10.0.0.1:8080", "boot", now());

    dns.lists(List.of(), now());
    clock.advance(Duration.ofMinutes(19));
    fleet.settle();

    assertThat(member("10.0.0.1:8080")).isSameAs(member);
    assertThat(member.drainReasons()).containsExactly(DrainReason.UNLISTED);
    assertThat(member.placeable()).isFalse();
    assertThat(lost(session)).isFalse();
    clock.advance(Duration.ofMinutes(1));
    fleet.settle();
    assertThat(chat().member("10.0.0.1:8080")).as("no session can live any more").isNull();
  }

  @Test
  void andIsGoneOnceNothingListensThere() {
    FleetUpdates.Source dns = dns();
    dns.lists(List.of(ready("10.0.0.1:8080", 8080)), now());
    Member member = member("10.0.0.1:8080");
    for (int i = 0; i < Health.FAILURE_THRESHOLD; i++) {
      member.observe(h -> h.checkRefused(now()), "refused");
    }
    fleet.settle();
    assertThat(member.health().state()).isEqualTo(GONE);
    assertThat(chat().member("10.0.0.1:8080")).as("while DNS lists it").isNotNull();

    dns.lists(List.of(), now());
    fleet.settle();

    assertThat(chat().member("10.0.0.1:8080")).isNull();
  }

  @Test
  void orOnceItWasSilentForLong() {
    FleetUpdates.Source dns = dns();
    dns.lists(List.of(ready("10.0.0.1:8080", 8080)), now());
    Member member = member("10.0.0.1:8080");
    for (int i = 0; i < Health.FAILURE_THRESHOLD; i++) {
      member.observe(h -> h.checkFailed(now()), "timeout");
    }
    assertThat(member.health().state()).isEqualTo(UNHEALTHY);
    dns.lists(List.of(), now());

    clock.advance(Membership.SILENCE.minusMillis(1));
    fleet.settle();
    assertThat(chat().member("10.0.0.1:8080")).isNotNull();

    clock.advance(Duration.ofMillis(1));
    fleet.settle();
    assertThat(chat().member("10.0.0.1:8080")).isNull();
  }

  /** Another replica may have seen the pod, and placed a session on it, before this one. */
  @Test
  void anInstanceNotSeenYetLosesNothing() {
    FleetUpdates.Source source = kubernetes();
    assertThat(lost(session("chat-9", "boot", 1))).as("before anything is known").isFalse();
    assertThat(chat().complete()).isFalse();

    source.lists(List.of(), now());
    Session younger = session("chat-9", "boot", now() + 1);
    Session older = session("chat-9", "boot", now() - 1);
    assertThat(chat().complete()).isTrue();
    assertThat(lost(younger)).isFalse();
    assertThat(lost(older)).isTrue();

    clock.advance(Duration.ofSeconds(1));
    source.stillAt(now());
    assertThat(lost(younger)).isTrue();
  }

  @Test
  void configuredInstancesAreKnownSinceTheStart() {
    assertThat(chat().complete()).isTrue();
    assertThat(lost(session("127.0.0.1:9", "boot", now() - 1))).isTrue();
    assertThat(lost(session("127.0.0.1:9", "boot", now() + 1)))
        .as("of a replica that is configured otherwise")
        .isFalse();
  }

  @Test
  void onlyConfiguredEndpointsHaveSources() {
    assertThatThrownBy(() -> fleet.source("other", "main", LEAVES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("endpoint: other (expected: an endpoint of the catalog)");
  }

  private FleetUpdates.Source kubernetes() {
    return fleet.source("chat", "main", LEAVES);
  }

  private FleetUpdates.Source dns() {
    return fleet.source("chat", "main", DRAINS);
  }

  private static DiscoveredInstance ready(String id, int port) {
    return found(id, port, Readiness.READY);
  }

  private static DiscoveredInstance pod(String id, int port, String uid) {
    return new DiscoveredInstance(instance("main", id, port), Readiness.READY, uid, 0);
  }

  private static DiscoveredInstance found(String id, int port, Readiness standing) {
    String pod = id.startsWith("chat-") ? "uid-" + id + "-" + port : "";
    return new DiscoveredInstance(instance("main", id, port), standing, pod, 0);
  }

  private static Instance instance(String variant, String id, int port) {
    String host = id.startsWith("10.") ? id.substring(0, id.indexOf(':')) : "127.0.0.1";
    return new Instance("chat", variant, id, host, port, false);
  }

  private void passed(Member member, String boot) {
    Observed.passed(member, boot, now());
  }

  private long now() {
    return clock.millis();
  }

  private Member member(String id) {
    Member member = chat().member(id);
    assertThat(member).as("member %s of %s", id, Arrays.asList(ids().toArray())).isNotNull();
    return member;
  }

  private List<String> ids() {
    return chat().members().stream().map(m -> m.instance().id()).toList();
  }

  private boolean lost(Session session) {
    return chat().lost(session);
  }

  private static Session session(String instance, String bootId, long createdAt) {
    return new Session("s", instance, bootId, "main", "", "", createdAt, Long.MAX_VALUE, createdAt);
  }
}
