package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The router under test as seen from outside, whether it is in this JVM, a jar or a binary. */
final class RunningRouter {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TRIES = 100;

  private RunningRouter() {}

  /** Where clients call it. */
  static String url() {
    return "http://127.0.0.1:" + port();
  }

  /** The data port. */
  static int port() {
    return when()
        .get("/q/health/ready")
        .jsonPath()
        .getInt("checks.find { it.name == 'data-port' }.data.port");
  }

  /** Until it can work: a router that has just begun may not have reached Redis yet. */
  static void awaitReady() {
    await("readiness")
        .atMost(PATIENCE)
        .until(() -> when().get("/q/health/ready").statusCode() == 200);
  }

  /** Until both containers of the endpoint {@code chat} get new work. */
  static void awaitHealthy() {
    awaitStates("chat", List.of("HEALTHY", "HEALTHY"));
  }

  /** Until the endpoint's instances are in these states, in the order of their ids. */
  static void awaitStates(String endpoint, List<String> expected) {
    await(endpoint + " " + expected)
        .atMost(PATIENCE)
        .until(() -> instances(endpoint).getList("state").equals(expected));
  }

  /** Until the endpoint has these instances, in these states. */
  static void awaitStates(String endpoint, Map<String, String> expected) {
    await(endpoint + " " + expected)
        .atMost(PATIENCE)
        .until(() -> states(endpoint).equals(expected));
  }

  private static Map<String, String> states(String endpoint) {
    List<Map<String, Object>> all = instances(endpoint).getList("$");
    return all.stream()
        .collect(Collectors.toMap(i -> i.get("id").toString(), i -> i.get("state").toString()));
  }

  private static JsonPath instances(String endpoint) {
    return when().get("/v1/endpoints/" + endpoint + "/instances").jsonPath();
  }

  static Response invoke(String endpoint, String session) {
    return given()
        .baseUri(url())
        .header("X-Amzn-SageMaker-Session-Id", session)
        .body("hello")
        .post("/endpoints/" + endpoint + "/invocations");
  }

  /** Opens a session; its id. */
  static String open(String endpoint) {
    String header = invoke(endpoint, "NEW_SESSION").header("X-Amzn-SageMaker-New-Session-Id");
    return header.substring(0, header.indexOf(';'));
  }

  /** Opens sessions until one is held by the container; its id. */
  static String openOn(String endpoint, MemoContainer container) {
    for (int i = 0; i < TRIES; i++) {
      String id = open(endpoint);
      if (container.sessions().containsKey(id)) {
        return id;
      }
    }
    throw new AssertionError("no session of " + TRIES + " went to " + container.url());
  }
}
