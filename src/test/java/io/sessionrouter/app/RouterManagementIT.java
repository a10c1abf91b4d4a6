package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The management port of the packaged router: what it reports is what the data port did. */
class RouterManagementIT {
  @RegisterExtension static final PackagedRouter ROUTER = new PackagedRouter(new RouterWithRedis());

  @BeforeEach
  void bothContainersAreHealthy() {
    RunningRouter.awaitReady();
    RunningRouter.awaitHealthy();
  }

  private String open() {
    String header =
        given()
            .baseUri(RunningRouter.url())
            .header("X-Amzn-SageMaker-Session-Id", "NEW_SESSION")
            .body("hello")
            .post("/endpoints/chat/invocations")
            .header("X-Amzn-SageMaker-New-Session-Id");
    return header.substring(0, header.indexOf(';'));
  }

  private int resume(String id) {
    return given()
        .baseUri(RunningRouter.url())
        .header("X-Amzn-SageMaker-Session-Id", id)
        .body("more")
        .post("/endpoints/chat/invocations")
        .statusCode();
  }

  @Test
  void listsSessionsPageByPage() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      ids.add(open());
    }
    await().until(() -> listed().containsAll(ids));
    assertThat(listed()).doesNotHaveDuplicates();
  }

  private List<String> listed() {
    List<String> ids = new ArrayList<>();
    String cursor = null;
    do {
      var request = given().queryParam("limit", 3);
      var page =
          (cursor == null ? request : request.queryParam("cursor", cursor))
              .get("/v1/endpoints/chat/sessions")
              .jsonPath();
      List<String> found = page.getList("sessions.id");
      ids.addAll(found);
      cursor = page.getString("cursor");
    } while (cursor != null);
    return ids;
  }

  @Test
  void showsAndClosesOneSession() {
    String id = open();
    when().get("/v1/sessions/chat/" + id).then().statusCode(200).body("id", equalTo(id));
    when()
        .delete("/v1/sessions/chat/" + id)
        .then()
        .statusCode(200)
        .body("confirmedByContainer", equalTo(true));
    assertThat(RouterWithRedis.containers)
        .noneSatisfy(c -> assertThat(c.sessions()).containsKey(id));
    assertThat(resume(id)).isEqualTo(400);
    when()
        .get("/v1/sessions/chat/" + id)
        .then()
        .statusCode(404)
        .body("message", containsString("closed"));
  }

  @Test
  void countsWhatItDid() {
    String id = open();
    assertThat(resume(id)).isEqualTo(200);
    when()
        .get("/q/metrics")
        .then()
        .body(
            containsString(
                "session_router_requests_total{endpoint=\"chat\",operation=\"invoke\",outcome=\"success\",variant=\"main\"}"))
        .body(
            containsString(
                "session_router_time_to_first_byte_seconds_bucket{endpoint=\"chat\",session=\"continued\""))
        .body(containsString("session_router_sessions_opened_total{endpoint=\"chat\"}"));
  }

  @Test
  void givesPrometheusPlainTextWhileThereAreNoTraces() {
    String asPrometheusAsks =
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    given()
        .header("Accept", asPrometheusAsks)
        .get("/q/metrics")
        .then()
        .statusCode(200)
        .header("Content-Type", containsString("text/plain"));
    when()
        .get("/q/metrics")
        .then()
        .header("Content-Type", containsString("application/openmetrics-text"))
        .body(endsWith("# EOF\n"));
  }

  @Test
  void showsNoMetricThatTheTableDoesNotHave() throws Exception {
    String table = Files.readString(Path.of("docs/metrics.md"));
    assertThat(resume(open())).isEqualTo(200);
    List<String> shown =
        when()
            .get("/q/metrics")
            .asString()
            .lines()
            .filter(line -> line.startsWith("# TYPE session_router_"))
            .map(line -> line.split(" ", -1)[2].replaceFirst("_max$", ""))
            .toList();
    assertThat(shown)
        .hasSizeGreaterThan(10)
        .allMatch(name -> table.matches("(?s).*\\| `" + name + "(_total)?` \\|.*"));
  }

  /** In the native binary, too: the snapshot is written by reflection, the page is a resource. */
  @Test
  void servesTheConsoleAndWhatItLivesOn() throws Exception {
    when()
        .get("/console/")
        .then()
        .statusCode(200)
        .body(containsString("js/main.js"))
        .header("Content-Security-Policy", containsString("default-src 'none'"));
    when().get("/console/js/main.js").then().statusCode(200).contentType("text/javascript");
    String id = open();

    try (InputStream _ = live().openStream()) {
      await().untilAsserted(() -> assertShowsAnOpenSession(firstSnapshot()));
    }
    assertThat(resume(id)).isEqualTo(200);
  }

  /**
   * The first snapshot that a client gets is of the second before, if somebody watches: else the
   * router looks less often the longer a look takes it.
   */
  private static void assertShowsAnOpenSession(JsonPath snapshot) {
    assertThat(snapshot.getList("endpoints.name")).contains("chat");
    snapshot.setRootPath("endpoints.find { it.name == 'chat' }");
    assertThat(snapshot.getList("instances.state")).containsExactly("HEALTHY", "HEALTHY");
    assertThat(snapshot.getList("instances.sessions", Integer.class)).anyMatch(n -> n > 0);
    assertThat(snapshot.getList("variants.weight")).containsExactly(1);
    assertThat(snapshot.getString("sessions.maxTtl")).startsWith("PT");
    assertThat(snapshot.getInt("traffic.requests")).isZero();
  }

  private static URL live() throws IOException {
    return URI.create("http://localhost:" + RestAssured.port + "/v1/live").toURL();
  }

  private static JsonPath firstSnapshot() throws IOException {
    try (var lines = new BufferedReader(new InputStreamReader(live().openStream(), UTF_8))) {
      String event = lines.readLine();
      assertThat(event).startsWith("data:");
      return new JsonPath(event.substring("data:".length()));
    }
  }

  @Test
  void describesItself() {
    when()
        .get("/q/openapi?format=json")
        .then()
        .statusCode(200)
        .body("paths.keySet()", hasItem("/v1/endpoints"));
    when().get("/q/health/live").then().statusCode(200);
    when().get("/q/health/ready").then().statusCode(200);
  }
}
