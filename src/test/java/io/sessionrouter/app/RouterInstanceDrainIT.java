package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;

import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.session.DrainListener;
import io.sessionrouter.session.RedisClients;
import io.sessionrouter.session.SessionEvents;
import io.sessionrouter.session.SessionModule;
import io.sessionrouter.session.SessionOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances of the packaged router are drained, by operators and by themselves. */
class RouterInstanceDrainIT {
  @RegisterExtension static final PackagedRouter ROUTER = new PackagedRouter(new RouterWithRedis());

  static final String INSTANCES = "/v1/endpoints/chat/instances";

  private String drained;

  @BeforeEach
  void bothContainersTakeWork() {
    RunningRouter.awaitReady();
    drained = "127.0.0.1:" + RouterWithRedis.containers.getFirst().port();
    RouterWithRedis.containers.forEach(c -> c.draining(false));
    when().delete(path()).then().statusCode(204);
    RunningRouter.awaitHealthy();
  }

  @AfterEach
  void undrain() {
    RouterWithRedis.containers.forEach(c -> c.draining(false));
    when().delete(path()).then().statusCode(204);
  }

  @Test
  void aDrainedInstanceKeepsItsSessionsAndGetsNoNewWork() {
    String id = RunningRouter.openOn("chat", RouterWithRedis.containers.getFirst());

    when()
        .post(path())
        .then()
        .statusCode(200)
        .body("id", equalTo(drained))
        .body("state", equalTo("DRAINING"))
        .body("draining", contains("OPERATOR"));

    Set<String> before = Set.copyOf(RouterWithRedis.containers.getFirst().sessions().keySet());
    for (int i = 0; i < 10; i++) {
      RunningRouter.open("chat");
    }
    assertThat(RouterWithRedis.containers.getFirst().sessions().keySet()).isEqualTo(before);
    assertThat(resume(id)).as("its session goes on").isEqualTo(200);

    when().delete(path()).then().statusCode(204);
    when().get(INSTANCES).then().body("state", contains("HEALTHY", "HEALTHY"));
    assertThat(RunningRouter.openOn("chat", RouterWithRedis.containers.getFirst())).isNotEmpty();
  }

  @Test
  void aContainerDrainsItself() {
    String id = RunningRouter.openOn("chat", RouterWithRedis.containers.getFirst());

    RouterWithRedis.containers.getFirst().draining(true);

    RunningRouter.awaitStates("chat", Map.of(drained, "DRAINING", other(), "HEALTHY"));
    when()
        .get(INSTANCES)
        .then()
        .body("find { it.id == '" + drained + "' }.draining", contains("CONTAINER"))
        .body("find { it.id != '" + drained + "' }.draining", empty());
    assertThat(resume(id)).isEqualTo(200);
    when().get("/v1/endpoints").then().body("[0].variants[0].healthy", equalTo(1));
  }

  @Test
  void whileAllDrainNewWorkIsRefusedAndSessionsGoOn() {
    String id = RunningRouter.openOn("chat", RouterWithRedis.containers.getFirst());

    RouterWithRedis.containers.forEach(c -> c.draining(true));
    RunningRouter.awaitStates("chat", List.of("DRAINING", "DRAINING"));

    assertThat(RunningRouter.invoke("chat", "NEW_SESSION").statusCode()).isEqualTo(503);
    assertThat(resume(id)).isEqualTo(200);
  }

  @Test
  void otherReplicasAreNotified() {
    Map<String, Set<String>> elsewhere = new ConcurrentHashMap<>();
    Vertx vertx = Vertx.vertx();
    SessionModule other = anotherReplica(vertx, elsewhere::put);
    try {
      other.start();
      await().until(() -> Set.of().equals(elsewhere.get("chat")));

      when().post(path()).then().statusCode(200);
      await().until(() -> Set.of(drained).equals(elsewhere.get("chat")));

      join(other.drains().unmark("chat", drained));
      RunningRouter.awaitHealthy();
    } finally {
      join(other.stop());
      join(vertx.close());
    }
  }

  /** Another replica's session room at the same Redis. */
  private SessionModule anotherReplica(Vertx vertx, DrainListener listener) {
    return new SessionModule(
        new SessionModule.Surroundings(
            vertx,
            new RedisClients(vertx, Objects.requireNonNull(RouterWithRedis.redis).options()),
            Endpoints.catalog(Endpoints.endpoint("chat")),
            endpoint -> List.of(drained),
            (endpoint, session) -> CompletableFuture.completedStage(true),
            SessionEvents.NONE,
            listener,
            InstantSource.system()),
        SessionOptions.DEFAULTS);
  }

  private static <T> void join(Future<T> future) {
    future.toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void onlyWhatIsThereCanBeDrained() {
    when()
        .post(INSTANCES + "/10.9.9.9:1/drain")
        .then()
        .statusCode(404)
        .body("code", equalTo("InstanceNotFound"));
    when()
        .post("/v1/endpoints/other/instances/x/drain")
        .then()
        .statusCode(404)
        .body("code", equalTo("EndpointNotFound"));
    when().delete("/v1/endpoints/other/instances/x/drain").then().statusCode(404);
    when().delete(INSTANCES + "/10.9.9.9:1/drain").then().statusCode(204);
  }

  private static String other() {
    return "127.0.0.1:" + RouterWithRedis.containers.getLast().port();
  }

  private String path() {
    return INSTANCES + "/" + drained + "/drain";
  }

  private int resume(String id) {
    return RunningRouter.invoke("chat", id).statusCode();
  }
}
