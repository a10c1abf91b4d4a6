package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.response.Response;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.session.RedisReplica;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Instances of the packaged router come and go behind a Kubernetes Service and a DNS name, and
 * sessions with them.
 */
class RouterDiscoveryIT {
  @RegisterExtension static final PackagedRouter ROUTER = new PackagedRouter(new Cluster());

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final MemoContainer first = Cluster.containers.getFirst();
  private final MemoContainer last = Cluster.containers.getLast();

  @BeforeEach
  void allAreThere() {
    Cluster.kubernetes.pod("chat-0", first.port(), true, false);
    Cluster.kubernetes.pod("chat-1", last.port(), true, false);
    bothAreNamed();
    RunningRouter.awaitReady();
    RunningRouter.awaitStates("pods", Map.of("chat-0", "HEALTHY", "chat-1", "HEALTHY"));
    RunningRouter.awaitStates(
        "named",
        Map.of(
            Cluster.named("chat-0", first), "HEALTHY", Cluster.named("chat-1", last), "HEALTHY"));
  }

  private void bothAreNamed() {
    try {
      Cluster.names.host("chat-0." + Cluster.ZONE, "127.0.0.1");
      Cluster.names.host("chat-1." + Cluster.ZONE, "127.0.0.1");
      Cluster.names.service(
          "_http._tcp." + Cluster.ZONE,
          Cluster.named("chat-0", first),
          Cluster.named("chat-1", last));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aPodThatEndsKeepsItsSessionsUntilItIsGone() {
    String staying = RunningRouter.openOn("pods", first);
    String asked = RunningRouter.openOn("pods", last);
    RunningRouter.openOn("pods", last);
    double lost = lost();

    Cluster.kubernetes.pod("chat-1", last.port(), false, true);
    RunningRouter.awaitStates("pods", Map.of("chat-0", "HEALTHY", "chat-1", "DRAINING"));
    int held = last.sessions().size();
    for (int i = 0; i < 6; i++) {
      RunningRouter.open("pods");
    }
    assertThat(last.sessions()).as("nothing new").hasSize(held);
    assertThat(RunningRouter.invoke("pods", asked).statusCode()).isEqualTo(200);

    Cluster.kubernetes.remove("chat-1");
    RunningRouter.awaitStates("pods", Map.of("chat-0", "HEALTHY"));
    await()
        .alias("that its boot was the pod's own is known once the API server has been asked again")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(RunningRouter.invoke("pods", asked).body().asString()).contains("lost"));
    await()
        .alias("sessions are counted although nobody asks for them")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lost()).isGreaterThanOrEqualTo(lost + 2));
    assertThat(RunningRouter.invoke("pods", staying).statusCode()).isEqualTo(200);
  }

  /** Another replica has met the pod already, and this one must not call its session lost. */
  @Test
  void aSessionOfAPodThatIsNotSeenYetIsNotLost() {
    String id = UUID.randomUUID().toString();
    long now = System.currentTimeMillis();
    Session elsewhere = new Session(id, "chat-9", "boot", "main", "", "", now, now + 600_000, now);
    Vertx vertx = Vertx.vertx();
    try (var replica = new RedisReplica(vertx, Cluster.redis, Endpoints.endpoint("pods"))) {
      join(replica.sessions().open("pods", elsewhere));

      Response answer = RunningRouter.invoke("pods", id);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ServiceUnavailable");
      when().get("/v1/sessions/pods/" + id).then().statusCode(200);
    } finally {
      join(vertx.close());
    }
  }

  @Test
  void whatDnsDropsKeepsItsSessionsAndGetsNoOthers() {
    String staying = RunningRouter.openOn("named", first);
    String dropped = RunningRouter.openOn("named", last);

    Cluster.names.service("_http._tcp." + Cluster.ZONE, Cluster.named("chat-0", first));
    RunningRouter.awaitStates(
        "named",
        Map.of(
            Cluster.named("chat-0", first), "HEALTHY", Cluster.named("chat-1", last), "DRAINING"));

    int held = last.sessions().size();
    for (int i = 0; i < 6; i++) {
      RunningRouter.open("named");
    }
    assertThat(last.sessions()).as("nothing new").hasSize(held);
    assertThat(RunningRouter.invoke("named", dropped).statusCode()).isEqualTo(200);
    assertThat(RunningRouter.invoke("named", staying).statusCode()).isEqualTo(200);
  }

  @Test
  void aNewRouterIsReadyOnceItKnowsItsInstances() {
    Response ready = when().get("/q/health/ready");

    assertThat(ready.statusCode()).as(ready.asString()).isEqualTo(200);
  }

  private static <T> void join(Future<T> future) {
    future.toCompletionStage().toCompletableFuture().join();
  }

  private static double lost() {
    String name = "session_router_sessions_ended_total{cause=\"lost_left\",endpoint=\"pods\"} ";
    return when()
        .get("/q/metrics")
        .body()
        .asString()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }
}
