package io.sessionrouter.gateway;

import static io.sessionrouter.fleet.Health.State.GONE;
import static io.sessionrouter.fleet.Health.State.HEALTHY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.DiscoveredInstance;
import io.sessionrouter.fleet.FleetUpdates;
import io.sessionrouter.fleet.FleetUpdates.Vanished;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Readiness;
import io.sessionrouter.gateway.RawConnection.Message;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two routers, one Redis and real containers: the one that is behind ends nothing of the other. */
@Tag("slow")
class ReplicasBehindTest {
  private static final Duration OFTEN = Duration.ofMillis(50);

  /** It checks at its start, and when requests fail. */
  private static final Duration RARELY = Duration.ofHours(1);

  private static Vertx vertx;
  private static RedisProcess redis;

  @BeforeAll
  static void begin() {
    vertx = Vertx.vertx();
    redis = RedisProcess.start();
  }

  @AfterAll
  static void end() {
    redis.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void whatOneOpensOnTheNextBootTheOtherServesThoughItHasNotLookedYet() throws Exception {
    int port = GatewayFixture.deadPort();
    try (var quick = new RealReplica(vertx, redis, OFTEN, port);
        var slow = new RealReplica(vertx, redis, RARELY, port)) {
      awaitState(quick, GONE);
      awaitState(slow, GONE);

      try (var _ = new StatefulContainer(port)) {
        awaitState(quick, HEALTHY);
        for (int i = 0; i < 20; i++) {
          assertRemembered(slow.ask(quick.open()));
        }
        assertThat(slow.member().health().state()).as("it did not look").isEqualTo(GONE);
        assertThat(slow.redis.lost()).isZero();
      }
    }
  }

  @Test
  void whatTheFormerBootHeldIsLostOnBoth() throws Exception {
    int port = GatewayFixture.deadPort();
    try (var quick = new RealReplica(vertx, redis, OFTEN, port);
        var slow = new RealReplica(vertx, redis, RARELY, port)) {
      String session;
      try (var _ = new StatefulContainer(port)) {
        awaitState(quick, HEALTHY);
        session = quick.open();
        assertRemembered(slow.ask(session));
      }
      awaitState(quick, GONE);
      try (var _ = new StatefulContainer(port)) {
        awaitState(quick, HEALTHY);
        assertLost(slow.ask(session));
        await().untilAsserted(() -> assertLost(quick.ask(session)));
        assertThat(slow.redis.lost() + quick.redis.lost()).as("counted once").isEqualTo(1);
      }
    }
  }

  @Test
  void aReplicaThatIsCutOffFromTheApiServerEndsNothing() throws Exception {
    int gone = GatewayFixture.deadPort();
    try (var current = new RealReplica(vertx, redis, OFTEN);
        var cutOff = new RealReplica(vertx, redis, OFTEN);
        var container = new StatefulContainer(0)) {
      FleetUpdates.Source told = current.fleet.source(Vanished.LEAVES);
      FleetUpdates.Source untold = cutOff.fleet.source(Vanished.LEAVES);
      untold.lists(List.of(pod(gone, "uid-1")), System.currentTimeMillis() - 10_000);
      told.lists(List.of(pod(container.port(), "uid-2")), System.currentTimeMillis());
      awaitState(cutOff, GONE);
      awaitState(current, HEALTHY);
      List<String> sessions = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        sessions.add(current.open());
      }

      for (String session : sessions.subList(0, 2)) { // each is tried for seconds
        assertThat(cutOff.ask(session).status()).isEqualTo(503);
      }
      untold.lists(List.of(pod(container.port(), "uid-2")), System.currentTimeMillis());
      awaitState(cutOff, HEALTHY);

      for (String session : sessions) {
        assertRemembered(cutOff.ask(session));
      }
      assertThat(cutOff.redis.lost()).isZero();
    }
  }

  private static DiscoveredInstance pod(int port, String uid) {
    Instance instance = new Instance("chat", "main", "chat-0", "127.0.0.1", port, false);
    return new DiscoveredInstance(instance, Readiness.READY, uid, 0);
  }

  private static void awaitState(RealReplica replica, Health.State state) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> replica.member().health().state() == state);
  }

  private static void assertRemembered(Message answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("remembered");
  }

  private static void assertLost(Message answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("lost");
  }
}
