package io.sessionrouter.fleet.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Which container of a pod restarted, and when. */
class PodTest {
  private static final long RESTARTED = Instant.parse("2026-03-02T11:00:08Z").toEpochMilli();

  @Test
  void aFirstStartIsNoRestart() {
    assertThat(Pod.of(pod("u", "1", 0)).restartedAt(8080)).isZero();
  }

  @Test
  void aRestartIsAtTheEndOfItsSecond() {
    assertThat(Pod.of(pod("u", "1", 2)).restartedAt(8080)).isEqualTo(RESTARTED);
    assertThat(Pod.of(pod("u", "1", 2)).restartedAt(9)).as("the only one").isEqualTo(RESTARTED);
  }

  @Test
  void ofSeveralContainersTheOneWithThePortCounts() {
    JsonObject two = pod("u", "1", 2);
    two.getJsonObject("spec")
        .getJsonArray("containers")
        .add(new JsonObject().put("name", "proxy").put("ports", ports(9000)));

    assertThat(Pod.of(two).restartedAt(8080)).isEqualTo(RESTARTED);
    assertThat(Pod.of(two).restartedAt(9000)).isZero();
    assertThat(Pod.of(two).restartedAt(1)).as("nobody knows whose it is").isZero();
  }

  @Test
  void oneThatDoesNotRunTellsNothing() {
    JsonObject waiting = pod("u", "1", 2);
    waiting
        .getJsonObject("status")
        .getJsonArray("containerStatuses")
        .getJsonObject(0)
        .put("state", new JsonObject().put("waiting", new JsonObject()));

    assertThat(Pod.of(waiting).restartedAt(8080)).isZero();
    assertThat(Pod.of(new JsonObject()).restartedAt(8080)).isZero();
  }

  @Test
  void whatMakesNoSenseIsNotBelieved() {
    JsonObject odd = pod("u", "1", 2);
    odd.getJsonObject("status").put("containerStatuses", "none");

    assertThatThrownBy(() -> Pod.of(odd)).isInstanceOf(ClassCastException.class);
  }

  static JsonObject pod(String uid, String version, int restarts) {
    JsonObject container = new JsonObject().put("name", "model").put("ports", ports(8080));
    JsonObject running =
        new JsonObject().put("running", new JsonObject().put("startedAt", "2026-03-02T11:00:07Z"));
    JsonObject status =
        new JsonObject().put("name", "model").put("restartCount", restarts).put("state", running);
    return new JsonObject()
        .put("metadata", new JsonObject().put("uid", uid).put("resourceVersion", version))
        .put("spec", new JsonObject().put("containers", new JsonArray().add(container)))
        .put("status", new JsonObject().put("containerStatuses", new JsonArray().add(status)));
  }

  private static JsonArray ports(int port) {
    return new JsonArray().add(new JsonObject().put("containerPort", port));
  }
}
