package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.host.LoadPhase;
import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.host.ManagedModel;
import java.time.Duration;
import java.util.Map;

/** How models are shown. The first two keys are the contract's, the others this container's. */
final class ModelAnswers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final double NANOS = 1e9;

  private ModelAnswers() {}

  /** As one of a list. */
  static ObjectNode brief(ManagedModel managed) {
    ObjectNode body = JSON.objectNode();
    body.put("modelName", managed.name()).put("modelUrl", managed.url());
    body.put("sessions", managed.model().sessions().size());
    body.put("requests", managed.model().requests());
    return body;
  }

  /** With all that is known. */
  static ObjectNode full(ManagedModel managed) {
    LoadedModel model = managed.model();
    ObjectNode body = brief(managed).put("device", model.device());
    body.putObject("memory")
        .put("weight_bytes", managed.weightBytes())
        .put("session_limit_bytes", model.budget().limit())
        .put("session_used_bytes", model.budget().used());
    addTimes(body.putObject("load_seconds"), managed.loadTimes());
    return body;
  }

  private static void addTimes(ObjectNode body, Map<LoadPhase, Duration> times) {
    times.forEach((phase, took) -> body.put(phase.label(), took.toNanos() / NANOS));
    long total = times.values().stream().mapToLong(Duration::toNanos).sum();
    body.put("total", total / NANOS);
  }

  static ObjectNode unloaded(String name) {
    return JSON.objectNode().put("modelName", name).put("status", "unloaded");
  }
}
