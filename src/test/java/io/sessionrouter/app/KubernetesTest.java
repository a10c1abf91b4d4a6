package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.sessionrouter.domain.Session;
import io.sessionrouter.gateway.DataPortService;
import io.sessionrouter.session.Sessions;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances come and go behind a Kubernetes Service, and sessions with them. */
@QuarkusTest
@QuarkusTestResource(value = Cluster.class, restrictToAnnotatedClass = true)
class KubernetesTest {
  @Inject DataPortService port;
  @Inject Sessions sessions;

  @BeforeEach
  void bothPodsAreReady() {
    // The application is configured for tests with an instance where nothing listens, too.
    Cluster.kubernetes.pod("chat-0", Cluster.containers.getFirst().port(), true, false);
    Cluster.kubernetes.pod("chat-1", Cluster.containers.getLast().port(), true, false);
    awaitStates(Map.of("chat-0", "HEALTHY", "chat-1", "HEALTHY"));
  }

  @Test
  void aPodThatEndsKeepsItsSessionsUntilItIsGone() {
    String staying = openOn(Cluster.containers.getFirst());
    String asked = openOn(Cluster.containers.getLast());
    openOn(Cluster.containers.getLast());
    double lost = lost();

    Cluster.kubernetes.pod("chat-1", Cluster.containers.getLast().port(), false, true);
    awaitStates(Map.of("chat-0", "HEALTHY", "chat-1", "DRAINING"));
    int held = Cluster.containers.getLast().sessions().size();
    for (int i = 0; i < 6; i++) {
      open();
    }
    assertThat(Cluster.containers.getLast().sessions()).as("nothing new").hasSize(held);
    assertThat(invoke(asked).statusCode()).isEqualTo(200);

    Cluster.kubernetes.remove("chat-1");
    awaitStates(Map.of("chat-0", "HEALTHY"));
    assertThat(invoke(asked).body().asString()).contains("lost");
    await()
        .alias("sessions are counted although nobody asks for them")
        .untilAsserted(() -> assertThat(lost()).isGreaterThanOrEqualTo(lost + 2));
    assertThat(invoke(staying).statusCode()).isEqualTo(200);
  }

  /** Another replica has met the pod already, and this one must not call its session lost. */
  @Test
  void aSessionOfAPodThatIsNotSeenYetIsNotLost() {
    String id = UUID.randomUUID().toString();
    long now = System.currentTimeMillis();
    Session elsewhere = new Session(id, "chat-9", "boot", "main", "", "", now, now + 600_000, now);
    sessions.open("chat", elsewhere).toCompletionStage().toCompletableFuture().join();

    Response answer = invoke(id);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.header("x-amzn-errortype")).isEqualTo("ServiceUnavailable");
    when().get("/v1/sessions/chat/" + id).then().statusCode(200);
  }

  @Test
  void aNewRouterIsReadyOnceItKnowsItsInstances() {
    when().get("/q/health/ready").then().statusCode(200);
  }

  private static void awaitStates(Map<String, String> expected) {
    await().until(() -> pods().equals(expected));
  }

  private static Map<String, String> pods() {
    List<Map<String, Object>> all =
        when().get("/v1/endpoints/chat/instances").jsonPath().getList("$");
    return all.stream()
        .filter(i -> i.get("id").toString().startsWith("chat-"))
        .collect(Collectors.toMap(i -> i.get("id").toString(), i -> i.get("state").toString()));
  }

  private static double lost() {
    String name = "session_router_sessions_ended_total{cause=\"lost_left\",endpoint=\"chat\"} ";
    return when()
        .get("/q/metrics")
        .body()
        .asString()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  private Response invoke(String session) {
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
}
