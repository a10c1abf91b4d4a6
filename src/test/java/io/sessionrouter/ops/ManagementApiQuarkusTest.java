package io.sessionrouter.ops;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.EndedSession;
import io.sessionrouter.session.EndedSession.Facts;
import io.sessionrouter.session.Ending;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.telemetry.LogFields;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(OpsProfile.class)
@Tag("slow")
class ManagementApiQuarkusTest {
  private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05Z");
  private static final String SESSION = "/v1/sessions/chat/s-1";

  @Inject InMemorySessions room;
  @Inject FakeContainers containers;
  @Inject LastTokens lastTokens;

  @BeforeEach
  void forget() {
    room.reset();
    containers.confirm = true;
  }

  @Test
  void endpointsAreListedByName() {
    when()
        .get("/v1/endpoints")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .body("name", contains("a-plain-one", "chat"))
        .body("[0].sessions.maxTtl", equalTo("PT20M"))
        .body("[0].sessions.idleTimeout", equalTo("PT5M"))
        .body("[0].sessions", not(hasKey("maxPerInstance")))
        .body("[1].sessions", not(hasKey("idleTimeout")))
        .body("[1].sessions.maxPerInstance", equalTo(12))
        .body("[1].variants.name", contains("canary", "main"))
        .body("[1].variants.weight", contains(0, 1))
        .body("[1].variants.instances", contains(1, 2))
        .body("[1].variants.healthy", contains(0, 0));
  }

  @Test
  void instancesShowTheirHealthAndWork() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                when()
                    .get("/v1/endpoints/chat/instances")
                    .then()
                    .statusCode(200)
                    .body("state", contains("GONE", "GONE", "GONE")));
    when()
        .get("/v1/endpoints/chat/instances")
        .then()
        .body("id", containsInAnyOrder("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"))
        .body("find { it.id == '127.0.0.1:2' }.address", equalTo("https://127.0.0.1:2"))
        .body("find { it.id == '127.0.0.1:2' }.variant", equalTo("main"))
        .body("find { it.id == '127.0.0.1:3' }.variant", equalTo("canary"))
        .body("[0].draining", empty())
        .body("[0].reportsBootId", equalTo(false))
        .body("[0].sessions", equalTo(7))
        .body("[0].inFlight", equalTo(0))
        .body("[0].failures", notNullValue())
        .body("[0].since", notNullValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/endpoints/nope/instances",
        "/v1/endpoints/nope/sessions",
        "/v1/sessions/nope/s-1",
      })
  void anUnknownEndpointIsNamed(String path) {
    assertError(when().get(path).then(), 404, "EndpointNotFound", "Endpoint nope not found.");
  }

  @Test
  void aSessionIsShown() {
    room.add(session("s-1", "", ""));

    when()
        .get(SESSION)
        .then()
        .statusCode(200)
        .body("id", equalTo("s-1"))
        .body("instance", equalTo("127.0.0.1:1"))
        .body("variant", equalTo("main"))
        .body("createdAt", equalTo("2026-01-02T03:04:05Z"))
        .body("expiresAt", equalTo("2026-01-02T03:24:05Z"))
        .body("usedAt", equalTo("2026-01-02T03:04:06Z"))
        .body("loggedAs", equalTo(LogFields.hash("s-1")))
        .body("$", not(hasKey("idleExpiresAt")))
        .body("$", not(hasKey("context")))
        .body("$", not(hasKey("model")))
        .body("$", not(hasKey("owner")))
        .body("$", not(hasKey("epoch")));
  }

  @Test
  void whereSessionsEndByBeingIdleTheEndIsShown() {
    room.add(session("s-1", "", ""));

    when()
        .get("/v1/sessions/a-plain-one/s-1")
        .then()
        .body("idleExpiresAt", equalTo("2026-01-02T03:09:06Z"));
    when()
        .get("/v1/endpoints/a-plain-one/sessions")
        .then()
        .body("sessions[0].idleExpiresAt", equalTo("2026-01-02T03:09:06Z"));
  }

  @Test
  void whatTheContainerSaidOfTheContextIsShown() {
    room.add(session("s-1", "", ""));
    room.add(session("s-2", "", ""));
    lastTokens.record("chat", "s-2", 1200, 1100);

    when()
        .get("/v1/sessions/chat/s-2")
        .then()
        .body("context.tokens", equalTo(1200))
        .body("context.cachedTokens", equalTo(1100));
    when().get("/v1/sessions/chat/s-1").then().body("$", not(hasKey("context")));
    when().get("/v1/sessions/a-plain-one/s-2").then().body("$", not(hasKey("context")));
  }

  @Test
  void modelAndOwnerAreShownWhereThereAreAny() {
    room.add(session("s-1", "llama", "alice"));

    when().get(SESSION).then().body("model", equalTo("llama")).body("owner", equalTo("alice"));
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOWN, 404, 404, SessionUnknown, Session s-1 is not known.",
    "EXPIRED, 404, 404, SessionExpired, Session s-1 has expired.",
    "CLOSED, 404, 404, SessionClosed, Session s-1 is closed.",
    "LOST, 404, 409, SessionLost, Session s-1 is lost: the instance that held the session is gone.",
  })
  void aSessionThatIsNotThereSaysWhy(
      Missing why, int onGet, int onDelete, String code, String message) {
    room.known.put("s-1", why);

    assertError(when().get(SESSION).then(), onGet, code, message);
    assertError(when().delete(SESSION).then(), onDelete, code, message);
    assertThat(room.calls).containsOnly("find chat s-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a_b", "a%20b", "%7Bx%7D", "a:b"})
  void whatCannotBeASessionIdIsNotLookedUp(String id) {
    when().get("/v1/sessions/chat/" + id).then().statusCode(404);
    given().urlEncodingEnabled(false).delete("/v1/sessions/chat/" + id).then().statusCode(404);

    assertThat(room.calls).isEmpty();
  }

  @Test
  void aSessionIsClosedInTheStoreAndOnItsContainer() {
    room.add(session("s-1", "", ""));

    when()
        .delete(SESSION)
        .then()
        .statusCode(200)
        .body("id", equalTo("s-1"))
        .body("confirmedByContainer", equalTo(true));

    assertThat(room.calls)
        .containsExactly("find chat s-1", "store close chat s-1", "container close chat s-1");
    when().delete(SESSION).then().statusCode(404).body("code", equalTo("SessionClosed"));
  }

  @Test
  void theAnswerSaysIfTheContainerDidNotConfirm() {
    room.add(session("s-1", "", ""));
    containers.confirm = false;

    when().delete(SESSION).then().statusCode(200).body("confirmedByContainer", equalTo(false));
  }

  @Test
  void ofASessionThatEndedTheFactsAreRemembered() {
    room.known.put("s-1", Missing.LOST);
    Facts facts = new Facts(Ending.LOST_GONE, 5000, 1000, 3000, "127.0.0.1:2", "main", "", "");
    room.remembered.put("s-1", new EndedSession(Missing.LOST, 9000, facts));

    when()
        .get(SESSION)
        .then()
        .statusCode(404)
        .body("code", equalTo("SessionLost"))
        .body("session.endedAt", equalTo("1970-01-01T00:00:05Z"))
        .body("session.cause", equalTo("nothing listened at its instance's address"))
        .body("session.instance", equalTo("127.0.0.1:2"))
        .body("session.createdAt", equalTo("1970-01-01T00:00:01Z"))
        .body("session.usedAt", equalTo("1970-01-01T00:00:03Z"))
        .body("session.forgottenAt", equalTo("1970-01-01T00:00:09Z"))
        .body("session.loggedAs", equalTo(LogFields.hash("s-1")))
        .body("session", not(hasKey("model")));
  }

  @Test
  void aSessionIsFoundByTheBeginOfItsIdAndByItsHash() {
    room.add(session("0a1b2c3d", "", ""));
    room.add(session("4e5f6a7b", "", ""));

    for (String text : List.of("4e5f6a", LogFields.hash("4e5f6a7b"))) {
      given()
          .queryParam("search", text)
          .get("/v1/sessions")
          .then()
          .statusCode(200)
          .body("complete", equalTo(true))
          .body("sessions.session.id", hasItem("4e5f6a7b"))
          .body("sessions.session.id", not(hasItem("0a1b2c3d")))
          .body("sessions.endpoint", hasItem("chat"));
    }
    given().queryParam("search", "ffffff").get("/v1/sessions").then().body("sessions", empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12345", "a/b-c/d", "ümlaut-x"})
  void aSearchNeedsSixCharactersOfAnId(String text) {
    given()
        .queryParam("search", text)
        .get("/v1/sessions")
        .then()
        .statusCode(400)
        .body("code", equalTo("InvalidRequest"));
  }

  @Test
  void sessionsCanBeListedByHowLongTheyAreIdle() {
    room.add(session("s-1", "", ""));

    for (String idle : List.of("PT0S", "PT1H")) {
      given()
          .queryParam("idle", idle)
          .get("/v1/endpoints/chat/sessions")
          .then()
          .body("sessions.id", contains("s-1"));
    }
    given()
        .queryParam("idle", "PT100000000H")
        .get("/v1/endpoints/chat/sessions")
        .then()
        .body("sessions", empty());
    given()
        .queryParam("idle", "an hour")
        .get("/v1/endpoints/chat/sessions")
        .then()
        .statusCode(400)
        .body("message", equalTo("idle: an hour (expected: a duration like PT5M)"));
  }

  @Test
  void sessionsAreListedForAllInstances() {
    room.add(session("s-1", "", ""));

    when()
        .get("/v1/endpoints/chat/sessions")
        .then()
        .statusCode(200)
        .body("sessions.id", contains("s-1"))
        .body("cursor", equalTo("next"));

    assertThat(room.calls)
        .containsExactly("list chat [127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:3] 100 null");
  }

  @Test
  void theLastPageHasNoCursor() {
    when()
        .get("/v1/endpoints/chat/sessions")
        .then()
        .body("sessions.size()", equalTo(0))
        .body("$", not(hasKey("cursor")));
  }

  @Test
  void aPageCanBeChosen() {
    given()
        .queryParam("instance", "127.0.0.1:2")
        .queryParam("limit", 1000)
        .queryParam("cursor", "next")
        .get("/v1/endpoints/chat/sessions")
        .then()
        .statusCode(200);

    assertThat(room.calls).containsExactly("list chat [127.0.0.1:2] 1000 next");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1001", "abc", "1.5", "99999999999"})
  void aLimitIsWithinBounds(String limit) {
    assertError(
        given().queryParam("limit", limit).get("/v1/endpoints/chat/sessions").then(),
        400,
        "InvalidRequest",
        "limit: " + limit + " (expected: 1 to 1000)");
  }

  @Test
  void anUnknownInstanceIsNamed() {
    assertError(
        given().queryParam("instance", "h:9").get("/v1/endpoints/chat/sessions").then(),
        404,
        "InstanceNotFound",
        "Instance h:9 of endpoint chat not found.");
  }

  @Test
  void aWrongCursorIsRefused() {
    assertError(
        given().queryParam("cursor", "nonsense").get("/v1/endpoints/chat/sessions").then(),
        400,
        "InvalidRequest",
        "cursor: nonsense (expected: one)");
  }

  @ParameterizedTest
  @ValueSource(strings = {SESSION, "/v1/endpoints/chat/sessions"})
  void whileTheStoreIsAwayCallersAreToldToTryAgain(String path) {
    room.away = true;

    assertError(when().get(path).then(), 503, "StoreUnavailable", "Sessions cannot be looked up.")
        .header("Retry-After", "1");
  }

  @Test
  void aFailureOfOursTellsNothingInternal() {
    assertError(
        when().get("/v1/sessions/chat/" + InMemorySessions.BREAKS).then(),
        500,
        "InternalFailure",
        "The router failed; its log says why.");
  }

  @Test
  void unknownPathsAndMethodsAreRefusedInTheSameForm() {
    assertError(when().get("/v1/nope").then(), 404, "NotFound", "Not Found.");
    assertError(when().post(SESSION).then(), 405, "MethodNotAllowed", "Method Not Allowed.");
  }

  @Test
  void theApiIsDescribed() {
    given()
        .queryParam("format", "json")
        .get("/q/openapi")
        .then()
        .statusCode(200)
        .body("info.title", equalTo("Session Router management API"))
        .body("paths", hasKey("/v1/endpoints"))
        .body("paths", hasKey("/v1/endpoints/{name}/instances"))
        .body("paths", hasKey("/v1/endpoints/{name}/sessions"))
        .body("paths.'/v1/endpoints/{name}/instances/{id}/drain'", hasKey("post"))
        .body("paths.'/v1/endpoints/{name}/instances/{id}/drain'", hasKey("delete"))
        .body("paths.'/v1/sessions/{endpoint}/{id}'", hasKey("get"))
        .body("paths.'/v1/sessions/{endpoint}/{id}'", hasKey("delete"))
        .body(
            "paths.'/v1/sessions/{endpoint}/{id}'.delete.responses.keySet()",
            containsInAnyOrder("200", "404", "409", "503"))
        .body(
            "paths.'/v1/endpoints/{name}/instances'.get.responses.'200'.content"
                + ".'application/json'.schema.items.'$ref'",
            equalTo("#/components/schemas/Instance"))
        .body("components.schemas", hasKey("Error"));
  }

  private static ValidatableResponse assertError(
      ValidatableResponse answer, int status, String code, String message) {
    return answer
        .statusCode(status)
        .contentType("application/json")
        .body("code", equalTo(code))
        .body("message", equalTo(message));
  }

  private static Session session(String id, String model, String owner) {
    long created = CREATED.toEpochMilli();
    return new Session(
        id,
        "127.0.0.1:1",
        "boot",
        "main",
        model,
        owner,
        created,
        created + Duration.ofMinutes(20).toMillis(),
        created + 1000);
  }
}
