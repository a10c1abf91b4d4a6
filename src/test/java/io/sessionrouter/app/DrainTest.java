package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.gateway.DataPortService;
import io.sessionrouter.session.DrainListener;
import io.sessionrouter.session.RedisClients;
import io.sessionrouter.session.SessionEvents;
import io.sessionrouter.session.SessionOptions;
import io.sessionrouter.session.SessionRoom;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Draining over the whole application, with another replica's session room at the same Redis. */
@QuarkusTest
@QuarkusTestResource(value = World.class, restrictToAnnotatedClass = true)
class DrainTest {
  private static final String INSTANCES = "/v1/endpoints/chat/instances";

  @Inject DataPortService port;
  @Inject Vertx vertx;
  @Inject Settings settings;

  @ConfigProperty(name = "quarkus.redis.hosts")
  String redis;

  private final Map<String, Set<String>> heardElsewhere = new ConcurrentHashMap<>();
  private String drained;

  @BeforeEach
  void bothContainersTakeWork() {
    drained = "127.0.0.1:" + World.containers.getFirst().port();
    World.containers.forEach(c -> c.draining(false));
    when().delete(path()).then().statusCode(204);
    await().until(() -> states().equals(List.of("HEALTHY", "HEALTHY")));
  }

  @AfterEach
  void undrain() {
    World.containers.forEach(c -> c.draining(false));
    when().delete(path()).then().statusCode(204);
  }

  @Test
  void aDrainedInstanceKeepsItsSessionsAndGetsNoNewWork() {
    String id = openOn(World.containers.getFirst());

    when()
        .post(path())
        .then()
        .statusCode(200)
        .body("id", equalTo(drained))
        .body("state", equalTo("DRAINING"))
        .body("draining", contains("OPERATOR"));

    Set<String> before = Set.copyOf(World.containers.getFirst().sessions().keySet());
    for (int i = 0; i < 10; i++) {
      open();
    }
    assertThat(World.containers.getFirst().sessions().keySet()).isEqualTo(before);
    assertThat(resume(id)).as("its session goes on").isEqualTo(200);

    when().delete(path()).then().statusCode(204);
    when().get(INSTANCES).then().body("state", contains("HEALTHY", "HEALTHY"));
    assertThat(openOn(World.containers.getFirst())).isNotEmpty();
  }

  @Test
  void otherReplicasHearOfIt() {
    SessionRoom other = anotherReplica();
    try {
      await().until(() -> Set.of().equals(heardElsewhere.get("chat")));

      when().post(path()).then().statusCode(200);
      await().until(() -> Set.of(drained).equals(heardElsewhere.get("chat")));

      other.drains().unmark("chat", drained).toCompletionStage().toCompletableFuture().join();
      await().until(() -> states().equals(List.of("HEALTHY", "HEALTHY")));
    } finally {
      other.stop().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void aContainerDrainsItself() {
    String id = openOn(World.containers.getFirst());

    World.containers.getFirst().draining(true);

    await().until(() -> states().contains("DRAINING"));
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
    String id = openOn(World.containers.getFirst());

    World.containers.forEach(c -> c.draining(true));
    await().until(() -> states().equals(List.of("DRAINING", "DRAINING")));

    assertThat(invoke("NEW_SESSION").statusCode()).isEqualTo(503);
    assertThat(resume(id)).isEqualTo(200);
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

  private String path() {
    return INSTANCES + "/" + drained + "/drain";
  }

  private static List<String> states() {
    return when().get(INSTANCES).jsonPath().getList("state");
  }

  private io.restassured.response.Response invoke(String session) {
    return given()
        .baseUri("http://127.0.0.1:" + port.port())
        .header("X-Amzn-SageMaker-Session-Id", session)
        .body("hello")
        .post("/endpoints/chat/invocations");
  }

  private String open() {
    String header = invoke("NEW_SESSION").header("X-Amzn-SageMaker-New-Session-Id");
    return header.substring(0, header.indexOf(';'));
  }

  private String openOn(MemoContainer container) {
    for (int i = 0; i < 100; i++) {
      String id = open();
      if (container.sessions().containsKey(id)) {
        return id;
      }
    }
    throw new AssertionError("no session of 100 went to " + container.url());
  }

  private int resume(String id) {
    return invoke(id).statusCode();
  }

  private SessionRoom anotherReplica() {
    DrainListener listener = heardElsewhere::put;
    SessionRoom room =
        new SessionRoom(
            new SessionRoom.Surroundings(
                vertx,
                new RedisClients(vertx, new RedisOptions().setConnectionString(redis)),
                settings.endpoints().values(),
                endpoint -> List.of(drained),
                (endpoint, session) -> CompletableFuture.completedStage(true),
                SessionEvents.NONE,
                listener,
                InstantSource.system()),
            SessionOptions.DEFAULTS);
    room.start();
    return room;
  }
}
