package io.sessionrouter.fleet.discovery;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the router reads of one pod: which of its containers began anew, and when. */
record Pod(String uid, List<Container> containers) {

  /** The API gives whole seconds, cut off. */
  private static final long PRECISION_MILLIS = 1_000;

  /**
   * @param restartedAt 0 if it did not, or does not run
   */
  record Container(List<Integer> ports, long restartedAt) {}

  /**
   * @throws ClassCastException if a field has another type than the API gives it
   */
  static Pod of(JsonObject pod) {
    Map<String, Long> restarts = new HashMap<>();
    for (JsonObject status : objects(pod.getJsonObject("status"), "containerStatuses")) {
      restarts.put(status.getString("name", ""), restartedAt(status));
    }
    List<Container> containers = new ArrayList<>();
    for (JsonObject container : objects(pod.getJsonObject("spec"), "containers")) {
      List<Integer> ports = new ArrayList<>();
      objects(container, "ports").forEach(p -> ports.add(p.getInteger("containerPort", 0)));
      long restartedAt = restarts.getOrDefault(container.getString("name", ""), 0L);
      containers.add(new Container(List.copyOf(ports), restartedAt));
    }
    return new Pod(Slice.metadata(pod).getString("uid", ""), List.copyOf(containers));
  }

  /** Of the container with that port, or of the only one; 0 if it is unknown which that is. */
  long restartedAt(int port) {
    if (containers.size() == 1) {
      return containers.getFirst().restartedAt;
    }
    return containers.stream()
        .filter(c -> c.ports.contains(port))
        .mapToLong(Container::restartedAt)
        .findFirst()
        .orElse(0);
  }

  private static long restartedAt(JsonObject status) {
    JsonObject running = status.getJsonObject("state", new JsonObject()).getJsonObject("running");
    String began = running == null ? null : running.getString("startedAt");
    if (began == null || status.getInteger("restartCount", 0) == 0) {
      return 0;
    }
    try {
      return Instant.parse(began).toEpochMilli() + PRECISION_MILLIS;
    } catch (DateTimeParseException notATime) {
      throw new ClassCastException("startedAt: " + began);
    }
  }

  private static List<JsonObject> objects(@Nullable JsonObject in, String name) {
    JsonArray array = in == null ? null : in.getJsonArray(name);
    List<JsonObject> all = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      all.add(array.getJsonObject(i));
    }
    return all;
  }
}
