package io.sessionrouter.ops;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.telemetry.OperationKind;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.telemetry.SessionKind;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Watching over HTTP. */
@QuarkusTest
@TestProfile(OpsProfile.class)
@Tag("slow")
class ConsoleFeedApiQuarkusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String CHAT_TRAFFIC = "endpoints.find { it.name == 'chat' }.traffic";

  @Inject InMemorySessions room;
  @Inject ConsoleFeed feed;
  @Inject RequestMeters requests;

  private final List<FeedClient> watching = new ArrayList<>();

  @BeforeEach
  void nobodyWatches() {
    room.reset();
    await().atMost(PATIENCE).until(() -> feed.watching() == 0);
  }

  @AfterEach
  void hangUp() {
    watching.forEach(FeedClient::close);
  }

  private FeedClient watch() throws IOException {
    FeedClient one = FeedClient.at(RestAssured.port);
    watching.add(one);
    return one;
  }

  @Test
  void theFleetIsShownWithAllThatIsKnownOfIt() throws IOException {
    FeedClient one = watch();
    JsonPath snapshot = one.next();

    assertThat(one.status()).isEqualTo(200);
    assertThat(one.header("Content-Type")).startsWith("text/event-stream");
    assertThat(one.header("Cache-Control")).isEqualTo("no-store");
    assertThat(Instant.parse(snapshot.getString("at"))).isNotNull();
    assertThat(snapshot.getString("replica.name")).isNotEmpty();
    assertThat(snapshot.getString("replica.version")).isNotEmpty();
    assertThat(snapshot.getBoolean("replica.leaving")).isFalse();
    assertThat(snapshot.getBoolean("store.available")).isTrue();
    assertThat(snapshot.getList("endpoints.name")).containsExactly("a-plain-one", "chat");
    JsonPath chat = snapshot.setRootPath("endpoints[1]");
    assertThat(chat.getInt("sessions.maxPerInstance")).isEqualTo(12);
    assertThat(chat.getList("variants.weight")).containsExactly(0, 1);
    assertThat(chat.getList("instances.id"))
        .containsExactlyInAnyOrder("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3");
    assertThat(chat.getList("instances.sessions")).containsOnly(7);
    assertThat(chat.getList("instances.draining.flatten()")).isEmpty();
    assertThat(chat.getBoolean("complete")).isTrue();
    assertThat(chat.getList("left")).isEmpty();
  }

  @Test
  void trafficIsThatSinceTheSnapshotBefore() throws IOException {
    FeedClient one = watch();
    assertThat(one.next().getMap("history")).containsOnlyKeys("since", "endpoints");

    requests.variant("chat", "main").failed(OperationKind.INVOKE, FailureKind.MODEL_TIMEOUT);
    requests.variant("chat", "main").firstByte(SessionKind.NEW, 3_000_000, 2_000_000);
    JsonPath after = one.next();
    while (after.getInt("endpoints.findAll { it.name == 'chat' }.traffic.requests.sum() ?: 0")
        == 0) {
      after = one.next();
    }

    assertThat(after.getDouble("seconds")).isPositive();
    assertThat(after.getBoolean("whole")).isFalse();
    after.setRootPath(CHAT_TRAFFIC);
    assertThat(after.getInt("requests")).isEqualTo(1);
    assertThat(after.getMap("failures")).hasSize(1).containsEntry("model_timeout", 1);
    assertThat(after.getMap("faults")).hasSize(1).containsEntry("model_timeout", 1);
    assertThat(after.getInt("firstBytes.count")).isEqualTo(1);
    assertThat(after.getDouble("firstBytes.slowest")).isEqualTo(0.003);
    assertThat(after.getDouble("firstBytes.p99")).as("never above it").isLessThanOrEqualTo(0.003);
    JsonPath quiet = one.next().setRootPath(CHAT_TRAFFIC);
    assertThat(quiet.getInt("requests")).isZero();
    assertThat(quiet.getMap("firstBytes")).containsOnlyKeys("count");
  }

  @Test
  void theStoreIsShownWithWhatIsWrongWithIt() throws IOException {
    room.away = true;

    FeedClient one = watch();
    JsonPath store = one.next().setRootPath("store");
    while (store.getBoolean("available")) {
      store = one.next().setRootPath("store");
    }

    assertThat(store.getBoolean("available")).isFalse();
    assertThat(store.getBoolean("subscribed")).isFalse();
    assertThat(store.getString("error")).isEqualTo("connection refused");
  }

  @Test
  void thereIsRoomForSoManyAndAgainWhenOneHangsUp() throws IOException {
    for (int i = 0; i < ConsoleFeed.MAX_CLIENTS; i++) {
      watch().next();
    }

    FeedClient refused = watch();
    assertThat(refused.status()).isEqualTo(503);
    JsonPath error = refused.error();
    assertThat(error.getString("code")).isEqualTo("TooManyWatchers");
    assertThat(error.getString("message")).isEqualTo("Watchers: 32 (expected: less than 32)");

    watching.getFirst().close();
    await().atMost(PATIENCE).until(() -> feed.watching() < ConsoleFeed.MAX_CLIENTS);
    assertThat(watch().next().getList("endpoints")).hasSize(2);
  }

  @Test
  void whoHangsUpWatchesNoMore() throws IOException {
    watch().next();
    watch().next();
    assertThat(feed.watching()).isEqualTo(2);

    hangUp();

    await().atMost(PATIENCE).until(() -> feed.watching() == 0);
  }

  @Test
  void itIsDescribed() {
    given()
        .queryParam("format", "json")
        .get("/q/openapi")
        .then()
        .body(
            "paths.'/v1/live'.get.responses.'200'.content.'text/event-stream'.schema.'$ref'",
            equalTo("#/components/schemas/LiveSnapshot"))
        .body("paths.'/v1/live'.get.responses", hasKey("503"))
        .body("components.schemas", hasKey("LiveTraffic"));
  }
}
