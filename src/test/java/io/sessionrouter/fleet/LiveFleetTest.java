package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Endpoints.catalog;
import static io.sessionrouter.fleet.Endpoints.endpoint;
import static io.sessionrouter.fleet.Endpoints.variant;
import static io.sessionrouter.fleet.Health.State.GONE;
import static io.sessionrouter.fleet.Health.State.HEALTHY;
import static io.sessionrouter.fleet.Health.State.UNHEALTHY;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.telemetry.FleetMeters;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Health over real sockets. */
@Tag("slow")
class LiveFleetTest {
  private static final FleetMeters METERS = new FleetMeters(new SimpleMeterRegistry());

  private static final Duration OFTEN = Duration.ofMillis(50);

  /** So long that only the first check, and those after failed requests, happen in a test. */
  private static final Duration RARELY = Duration.ofHours(1);

  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration IMPATIENT = Duration.ofMillis(300);

  private static Vertx vertx;

  private FakeContainer container;
  private FleetMonitor fleet;

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @BeforeEach
  void startContainer() throws IOException {
    container = new FakeContainer();
  }

  @AfterEach
  void stop() throws IOException {
    if (fleet != null) {
      fleet.stop(new ShutdownEvent());
    }
    container.close();
  }

  @Test
  void nothingIsKnownBeforeTheStart() {
    FleetMonitor notStarted =
        fleet(catalog(endpoint(null, variant("main", 1, container.port()))), TestRegistry.EMPTY);

    EndpointFleet chat = notStarted.current().endpoint("chat");

    assertThat(chat.members()).hasSize(1);
    assertThat(chat.member("127.0.0.1:" + container.port())).isSameAs(chat.members().getFirst());
    assertThat(chat.members().getFirst().health()).isEqualTo(Health.UNKNOWN);
    assertThat(notStarted.current().endpoint("other")).isNull();
  }

  @Test
  void theFirstCheckComesAtOnce() {
    container.bootId("boot-1");

    Member member = watched(RARELY, PATIENT);

    awaitState(member, HEALTHY);
    assertThat(member.health().bootId()).isEqualTo("boot-1");
    assertThat(container.pings()).isEqualTo(1);
  }

  @Test
  void aCheckIsAPlainGet() {
    Member member = watched(RARELY, PATIENT);

    awaitState(member, HEALTHY);

    assertThat(container.heads().getFirst())
        .startsWith("GET /ping HTTP/1.1\n")
        .containsIgnoringCase("host: 127.0.0.1:" + container.port())
        .containsIgnoringCase("connection: close");
  }

  @Test
  void errorsPutAnInstanceOutAndOnePassBringsItBack() {
    Member member = watched(OFTEN, PATIENT);
    awaitState(member, HEALTHY);

    container.mode(FakeContainer.Mode.ERROR);
    awaitState(member, UNHEALTHY);
    assertThat(member.health().failedChecks()).isGreaterThanOrEqualTo(Health.FAILURE_THRESHOLD);

    container.mode(FakeContainer.Mode.OK);
    awaitState(member, HEALTHY);
  }

  @ParameterizedTest
  @EnumSource(names = {"DRAINING", "READY_BUT_DRAINING"})
  void aContainerThatSaysSoDrainsAndIsNotTakenForBroken(FakeContainer.Mode says) {
    container.bootId("boot-1");
    Member member = watched(OFTEN, PATIENT);
    awaitState(member, HEALTHY);
    Session session = session("boot-1", System.currentTimeMillis());

    container.mode(says);
    await().atMost(PATIENT).until(() -> !member.placeable());
    awaitPings(container, Health.FAILURE_THRESHOLD + 1);
    assertThat(member.health().state()).isEqualTo(HEALTHY);
    assertThat(member.drainReasons()).containsExactly(DrainReason.CONTAINER);
    assertThat(lost(member, session)).isFalse();

    container.mode(FakeContainer.Mode.OK);
    await().atMost(PATIENT).until(member::placeable);
    assertThat(member.drainReasons()).isEmpty();
  }

  @Test
  void aMovedInstanceIsCheckedAtItsNewAddress() throws IOException {
    try (FakeContainer there = new FakeContainer()) {
      container.bootId("boot-1");
      there.bootId("boot-2");
      fleet = started(endpoint(null, OFTEN, PATIENT, variant("main", 1)));
      FleetUpdates.Source source = fleet.source("chat", "main", FleetUpdates.Vanished.LEAVES);
      source.lists(List.of(pod(container.port())), 1);
      Member before = fleet.current().endpoint("chat").member("chat-0");
      awaitState(before, HEALTHY);
      Session session = session("boot-1", System.currentTimeMillis());
      await().atMost(PATIENT).until(() -> System.currentTimeMillis() > session.createdAt());

      source.stillAt(System.currentTimeMillis());
      source.lists(List.of(pod(there.port())), 2);

      Member moved = fleet.current().endpoint("chat").member("chat-0");
      awaitState(moved, HEALTHY);
      assertThat(lost(moved, session)).isTrue();
      awaitPings(there, 1);
      int checksThatMayBeUnderWay = 1;
      int checksOfLeft = container.pings();
      awaitPings(there, 3);
      assertThat(container.pings()).isLessThanOrEqualTo(checksOfLeft + checksThatMayBeUnderWay);
    }
  }

  private static DiscoveredInstance pod(int port) {
    Instance instance = new Instance("chat", "main", "chat-0", "127.0.0.1", port, false);
    return new DiscoveredInstance(instance, Readiness.READY, "uid-of-" + port, 0);
  }

  @Test
  void anInstanceThatHangsIsUnhealthyButNotGone() {
    Member member = watched(OFTEN, IMPATIENT);
    awaitState(member, HEALTHY);

    container.mode(FakeContainer.Mode.HANG);

    awaitState(member, UNHEALTHY);
    await()
        .atMost(PATIENT)
        .until(() -> member.health().failedChecks() > 2 * Health.FAILURE_THRESHOLD);
    assertThat(member.health().state()).isEqualTo(UNHEALTHY);
  }

  @Test
  void anInstanceThatBreaksConnectionsIsUnhealthyButNotGone() {
    container.mode(FakeContainer.Mode.CLOSE);

    Member member = watched(OFTEN, PATIENT);

    awaitState(member, UNHEALTHY);
    await()
        .atMost(PATIENT)
        .until(() -> member.health().failedChecks() > 2 * Health.FAILURE_THRESHOLD);
    assertThat(member.health().state()).isEqualTo(UNHEALTHY);
  }

  @Test
  void anInstanceThatNeverListenedIsGone() throws IOException {
    container.die();

    Member member = watched(RARELY, PATIENT);

    awaitState(member, GONE);
  }

  @Test
  void oneFailedRequestIsEnoughToLearnThatAContainerDied() throws IOException {
    Member member = watched(RARELY, PATIENT);
    awaitState(member, HEALTHY);

    container.die();
    fail(member, 1);

    awaitState(member, GONE);
  }

  @Test
  void aFailedRequestOfAHealthyInstanceIsForgiven() {
    Member member = watched(RARELY, PATIENT);
    awaitState(member, HEALTHY);

    fail(member, 2);
    await().atMost(PATIENT).until(() -> container.pings() == 2);
    fleet.answered(member, client(1));

    assertThat(member.health().state()).isEqualTo(HEALTHY);
    assertThat(member.health().failures()).isZero();
  }

  @Test
  void anInstanceThatBreaksRequestsIsPutOutAlthoughItsChecksPass() throws IOException {
    try (FakeContainer other = new FakeContainer()) {
      Member member = watchedBeside(RARELY, PATIENT, other);
      awaitState(member, HEALTHY);

      fail(member, 3);
      fail(member, 4);
      fail(member, 5);

      await().atMost(PATIENT).until(() -> container.pings() > 1);
      assertThat(member.health().state()).isEqualTo(UNHEALTHY);
    }
  }

  @Test
  void andIsTriedAgainAfterAnInterval() throws IOException {
    try (FakeContainer other = new FakeContainer()) {
      Member member = watchedBeside(OFTEN, PATIENT, other);
      awaitState(member, HEALTHY);

      fail(member, 6);
      fail(member, 7);
      fail(member, 8);

      assertThat(member.health().state()).isEqualTo(UNHEALTHY);
      awaitState(member, HEALTHY);
      assertThat(member.health().failures()).isZero();
    }
  }

  @Test
  void manyFailedRequestsDoNotFloodAnInstanceWithChecks() {
    Member member = watched(RARELY, PATIENT);
    awaitState(member, HEALTHY);
    long begin = System.nanoTime();

    await()
        .atMost(PATIENT)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              fail(member, 1);
              return container.pings() >= 4;
            });

    long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
    assertThat(millis)
        .as("time three more checks took")
        .isGreaterThanOrEqualTo(2 * MemberWatch.QUICK_MILLIS);
  }

  @Test
  void anAnswerCostsNothingWhileNothingFailed() {
    Member member = watched(RARELY, PATIENT);
    awaitState(member, HEALTHY);
    Health before = member.health();

    fleet.answered(member, client(1));

    assertThat(member.health()).isSameAs(before);
  }

  @Test
  void sessionsOutliveABreakIfTheBootIdIsTheSame() throws IOException {
    container.bootId("boot-1");
    Member member = watched(OFTEN, PATIENT);
    awaitState(member, HEALTHY);
    Session session = session("boot-1", System.currentTimeMillis());

    container.die();
    awaitState(member, GONE);
    assertThat(lost(member, session)).isTrue();

    container.start();
    awaitState(member, HEALTHY);
    assertThat(lost(member, session)).isFalse();
  }

  @Test
  void sessionsOfAnEarlierBootAreLost() throws IOException {
    container.bootId("boot-1");
    Member member = watched(OFTEN, PATIENT);
    awaitState(member, HEALTHY);
    Session before = session("boot-1", System.currentTimeMillis());

    container.die();
    awaitState(member, GONE);
    container.bootId("boot-2");
    container.start();
    awaitState(member, HEALTHY);

    assertThat(lost(member, before)).isTrue();
    assertThat(lost(member, session("boot-2", System.currentTimeMillis()))).isFalse();
  }

  /** Another replica may have met the new boot before this one checks again. */
  @Test
  void aSessionOfABootNotSeenYetIsNotLost() {
    container.bootId("boot-1");
    Member member = watched(OFTEN, PATIENT);
    awaitState(member, HEALTHY);

    Session newer = session("boot-2", System.currentTimeMillis());

    assertThat(lost(member, newer)).isFalse();
    container.bootId("boot-2");
    await().atMost(PATIENT).until(() -> member.health().bootId().equals("boot-2"));
    assertThat(lost(member, newer)).isFalse();
  }

  @Test
  void aRestartBetweenTwoChecksIsSeenByTheBootId() {
    container.bootId("boot-1");
    Member member = watched(OFTEN, PATIENT);
    awaitState(member, HEALTHY);

    container.bootId("boot-2");

    await().atMost(PATIENT).until(() -> member.health().bootId().equals("boot-2"));
    assertThat(member.health().state()).isEqualTo(HEALTHY);
    assertThat(lost(member, session("boot-1", 0))).isTrue();
  }

  @Test
  void withoutABootIdSessionsStoredBeforeTheInstanceWasGoneAreLost() throws IOException {
    Member member = watched(OFTEN, PATIENT);
    awaitState(member, HEALTHY);
    Session before = session("", System.currentTimeMillis());
    assertThat(lost(member, before)).isFalse();

    await().atMost(PATIENT).until(() -> System.currentTimeMillis() > before.createdAt());
    container.die();
    awaitState(member, GONE);
    container.start();
    awaitState(member, HEALTHY);

    assertThat(lost(member, before)).isTrue();
    assertThat(lost(member, session("", System.currentTimeMillis()))).isFalse();
  }

  @Test
  void aBootIdThatCannotBeOneFailsTheCheck() {
    container.bootId("x".repeat(65));

    Member member = watched(OFTEN, PATIENT);

    awaitState(member, UNHEALTHY);
    assertThat(member.health().bootId()).isEmpty();
  }

  /** Long before its time is over. */
  @Test
  void aBodyWithoutEndIsCutOff() {
    container.mode(FakeContainer.Mode.ENDLESS_BODY);

    Member member = watched(RARELY, RARELY);

    awaitState(member, HEALTHY);
    await().atMost(PATIENT).until(container::cutOff);
  }

  @Test
  void afterTheStopNothingIsChecked() throws IOException {
    try (FakeContainer other = new FakeContainer()) {
      Member member = watched(OFTEN, PATIENT);
      awaitState(member, HEALTHY);

      fleet.stop(new ShutdownEvent());
      FleetMonitor second =
          started(endpoint(null, OFTEN, PATIENT, variant("main", 1, other.port())));
      awaitPings(other, 2);
      int checks = container.pings();
      awaitPings(other, 3);
      second.stop(new ShutdownEvent());

      assertThat(container.pings()).isEqualTo(checks);
    }
  }

  private Member watched(Duration interval, Duration timeout) {
    fleet = started(endpoint(null, interval, timeout, variant("main", 1, container.port())));
    return fleet.current().endpoint("chat").members().getFirst();
  }

  /** Not the only one of its variant. */
  private Member watchedBeside(Duration interval, Duration timeout, FakeContainer other) {
    fleet =
        started(
            endpoint(null, interval, timeout, variant("main", 1, container.port(), other.port())));
    List<Member> members = fleet.current().endpoint("chat").members();
    awaitState(members.getLast(), HEALTHY);
    return members.getFirst();
  }

  private static FleetMonitor started(EndpointSettings endpoint) {
    FleetMonitor started = fleet(catalog(endpoint), TestRegistry.EMPTY);
    started.start(new StartupEvent());
    return started;
  }

  private static FleetMonitor fleet(EndpointCatalog catalog, TestRegistry registry) {
    return new FleetMonitor(
        vertx,
        catalog,
        new Tls(ServerTlsSettings.NONE, catalog, registry),
        METERS,
        InstantSource.system(),
        (e, i) -> 0);
  }

  private static Session session(String bootId, long createdAt) {
    return new Session("s", "i", bootId, "main", "", "", createdAt, Long.MAX_VALUE, createdAt);
  }

  private static boolean lost(Member member, Session session) {
    return member.verdict(session, 0) == StateVerdict.LOST;
  }

  /** A request of the client is closed without an answer. */
  private void fail(Member member, long client) {
    fleet.failed(member, InstanceFailure.CLOSED, client(client));
  }

  static Requester client(long number) {
    return new Requester() {
      @Override
      public long client() {
        return number;
      }

      @Override
      public long session() {
        return 0;
      }
    };
  }

  private static void awaitState(Member member, Health.State state) {
    await()
        .alias("state " + state)
        .atMost(PATIENT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> member.health().state() == state);
  }

  private static void awaitPings(FakeContainer container, int more) {
    int now = container.pings();
    await().atMost(PATIENT).until(() -> container.pings() >= now + more);
  }
}
