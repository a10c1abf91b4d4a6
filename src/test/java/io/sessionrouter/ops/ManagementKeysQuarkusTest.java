package io.sessionrouter.ops;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import io.sessionrouter.domain.Session;
import io.sessionrouter.testing.LogLines;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole management port with authentication on: who may see and do what. */
@QuarkusTest
@TestProfile(ManagementKeysQuarkusTest.Profile.class)
@Tag("slow")
class ManagementKeysQuarkusTest {
  private static final String OPERATOR = "sr-operator-key";
  private static final String NOTEBOOK = "sr-notebook-key";
  private static final String NOBODY = "sr-may-nothing";

  @Inject InMemorySessions room;

  private final LogLines audit = new LogLines("io.sessionrouter.audit");

  public static class Profile extends OpsProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
      settings.remove("session-router.auth");
      settings.put("session-router.auth.principals", principals().toString());
      return settings;
    }

    private static Path principals() {
      String file =
          """
          {"principals": [
            {"name": "operator", "bearerKeys": [{"sha256": "%s"}],
             "allow": [{"actions": ["router:*"], "endpoints": ["*"]}]},
            {"name": "notebook", "bearerKeys": [{"sha256": "%s"}],
             "allow": [{"actions": ["router:*Sessions", "router:ReadFleet"],
                        "endpoints": ["chat"]}]},
            {"name": "nobody", "bearerKeys": [{"sha256": "%s"}], "allow": []}]}\
          """
              .formatted(hash(OPERATOR), hash(NOTEBOOK), hash(NOBODY));
      try {
        return Files.writeString(Files.createTempFile("principals", ".json"), file);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private static String hash(String key) {
      try {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  @BeforeEach
  void twoSessions() {
    room.reset();
    room.add(session("mine", "notebook"));
    room.add(session("theirs", "somebody"));
  }

  @AfterEach
  void close() {
    audit.close();
  }

  private static Session session(String id, String owner) {
    return new Session(id, "127.0.0.1:1", "", "main", "", owner, 0, Long.MAX_VALUE / 2, 0);
  }

  private static RequestSpecification as(String key) {
    return given().header("Authorization", "Bearer " + key);
  }

  @Test
  void whoeverMayNothingIsDeniedEveryOperationOfTheApi() {
    JsonPath api =
        as(OPERATOR).queryParam("format", "json").get("/q/openapi").then().extract().jsonPath();
    Map<String, Map<String, Object>> paths = api.getMap("paths");

    assertThat(paths).isNotEmpty();
    paths.forEach(
        (path, operations) -> {
          String called = path.replaceAll("\\{(name|endpoint)}", "chat").replaceAll("\\{.*?}", "x");
          for (String method : operations.keySet()) {
            if (!method.equals("parameters")) {
              as(NOBODY)
                  .queryParam("search", "abcdef")
                  .request(method.toUpperCase(Locale.ROOT), called)
                  .then()
                  .statusCode(403)
                  .body("code", equalTo("AccessDenied"));
              given().request(method.toUpperCase(Locale.ROOT), called).then().statusCode(401);
            }
          }
        });
  }

  @Test
  void healthIsOpenAndMetricsAreNot() {
    given().get("/q/health/live").then().statusCode(200);
    given().get("/q/metrics").then().statusCode(401);
    as(NOTEBOOK).get("/q/metrics").then().statusCode(403);
    as(OPERATOR).get("/q/metrics").then().statusCode(200);
  }

  @Test
  void aPrincipalSeesItsOwnSessionsAndNoOthers() {
    as(NOTEBOOK).get("/v1/sessions/chat/mine").then().statusCode(200);
    String unknown =
        as(NOTEBOOK).get("/v1/sessions/chat/never0").then().statusCode(404).extract().asString();
    String theirs =
        as(NOTEBOOK).get("/v1/sessions/chat/theirs").then().statusCode(404).extract().asString();
    assertThat(theirs).isEqualTo(unknown.replace("never0", "theirs"));

    as(NOTEBOOK)
        .get("/v1/endpoints/chat/sessions")
        .then()
        .body("sessions.id", equalTo(List.of("mine")));
    as(OPERATOR).get("/v1/endpoints/chat/sessions").then().body("sessions", hasSize(2));
  }

  @Test
  void aPrincipalClosesItsOwnSessionsAndNoOthers() {
    as(NOTEBOOK).delete("/v1/sessions/chat/theirs").then().statusCode(404);
    as(NOTEBOOK).delete("/v1/sessions/chat/mine").then().statusCode(200);
    as(OPERATOR).delete("/v1/sessions/chat/theirs").then().statusCode(200);

    assertThat(audit.lines())
        .hasSize(3)
        .noneMatch(line -> line.contains("mine") || line.contains("theirs"));
    assertThat(audit.lines().get(0)).contains("principal=notebook").endsWith("=sessionunknown");
    assertThat(audit.lines().get(1))
        .contains("principal=notebook action=router:CloseSessions object=endpoint/chat/session/")
        .endsWith("outcome=closed");
    assertThat(audit.lines().get(2)).contains("principal=operator").endsWith("outcome=closed");
  }

  @Test
  void endpointsAreThoseOfItsGrants() {
    as(NOTEBOOK).get("/v1/endpoints").then().body("name", equalTo(List.of("chat")));
    as(OPERATOR).get("/v1/endpoints").then().body("", hasSize(2));
    as(NOTEBOOK).get("/v1/endpoints/a-plain-one/instances").then().statusCode(403);
    as(NOTEBOOK).get("/v1/configuration").then().statusCode(403);
    as(NOTEBOOK).post("/v1/endpoints/chat/instances/127.0.0.1:1/drain").then().statusCode(403);
    assertThat(audit.lines().getLast())
        .contains(
            "principal=notebook action=router:Drain object=endpoint/chat/instance/127.0.0.1:1")
        .endsWith("outcome=access_denied");
  }

  @Test
  void theConsoleIsBehindItsLogin() {
    given()
        .redirects()
        .follow(false)
        .get("/console/")
        .then()
        .statusCode(303)
        .header("Location", "login.html");
    given().get("/console/js/main.js").then().statusCode(401);
    given()
        .get("/console/login.html")
        .then()
        .statusCode(200)
        .header("Content-Security-Policy", containsString("form-action 'self'"));

    String cookie =
        given()
            .redirects()
            .follow(false)
            .contentType(ContentType.URLENC)
            .formParam("key", OPERATOR)
            .post("/console/login")
            .then()
            .statusCode(303)
            .header("Location", "./")
            .extract()
            .cookie(ConsoleCookie.NAME);
    given().cookie(ConsoleCookie.NAME, cookie).get("/console/").then().statusCode(200);
    given().cookie(ConsoleCookie.NAME, cookie).get("/v1/endpoints").then().statusCode(200);
  }
}
