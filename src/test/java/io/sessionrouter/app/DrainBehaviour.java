package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances are drained, by operators and by themselves. */
abstract class DrainBehaviour {
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

  /** The instance that is drained. */
  String drained() {
    return drained;
  }

  private static String other() {
    return "127.0.0.1:" + RouterWithRedis.containers.getLast().port();
  }

  String path() {
    return INSTANCES + "/" + drained + "/drain";
  }

  private int resume(String id) {
    return RunningRouter.invoke("chat", id).statusCode();
  }
}
