package io.sessionrouter.ops;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(OpsProfile.class)
@Tag("slow")
class ReadinessQuarkusTest {

  @Inject InMemorySessions room;

  @BeforeEach
  void forget() {
    room.reset();
  }

  @Test
  void theRouterIsReadyAlthoughItsInstancesAreAway() {
    await().until(() -> when().get("/q/health/ready").statusCode() == 200);
    when()
        .get("/q/health/ready")
        .then()
        .statusCode(200)
        .body(
            "checks.name",
            containsInAnyOrder("data-port", "session-store", "fleet", "instances-asked"))
        .body("checks.find { it.name == 'data-port' }.data.port", greaterThan(0))
        .body("checks.find { it.name == 'data-port' }.data.draining", equalTo(false))
        .body("checks.find { it.name == 'fleet' }.data.chat", equalTo("0 of 3 healthy"))
        .body("checks.find { it.name == 'session-store' }.data.subscribed", equalTo(true));
  }

  @Test
  void withoutTheStoreItIsNotReadyButLives() {
    room.away = true;

    when()
        .get("/q/health/ready")
        .then()
        .statusCode(503)
        .body("checks.find { it.name == 'session-store' }.status", equalTo("DOWN"))
        .body(
            "checks.find { it.name == 'session-store' }.data.error", equalTo("connection refused"))
        .body("checks.find { it.name == 'data-port' }.status", equalTo("UP"));
    when().get("/q/health/live").then().statusCode(200);
  }
}
