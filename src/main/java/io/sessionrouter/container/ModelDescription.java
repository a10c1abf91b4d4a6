package io.sessionrouter.container;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the state of a model from {@code GET /models/{name}}, of which every model server has its
 * own form:
 *
 * <ul>
 *   <li>Multi Model Server: {@code {"workers":[{"status":"READY"}], …}}, and TorchServe: the same
 *       in a list of versions. A name whose load failed has no workers.
 *   <li>djl-serving: a list of workflows, each with {@code models} that have a {@code status} and
 *       {@code workerGroups} with {@code workers}. A model without groups is being loaded, even
 *       where its status says {@code Healthy}.
 *   <li>Others: a status, or nothing but the name.
 * </ul>
 */
final class ModelDescription {
  private ModelDescription() {}

  /** The worst state of all that is described: a model serves when all its parts do. */
  static ModelState state(JsonNode body) {
    ModelState worst = ModelState.READY;
    List<JsonNode> models = models(body);
    for (JsonNode model : models) {
      ModelState state = model(model);
      worst = rank(state) > rank(worst) ? state : worst;
    }
    return models.isEmpty() ? ModelState.UNSAID : worst;
  }

  private static int rank(ModelState state) {
    return switch (state) {
      case READY -> 0;
      case UNSAID, ABSENT, UNKNOWN -> 1;
      case LOADING -> 2;
      case EMPTY -> 3;
      case FAILED -> 4;
    };
  }

  private static List<JsonNode> models(JsonNode body) {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode version : body.isArray() ? body : List.of(body)) {
      if (version.path("models").isArray()) {
        version.path("models").forEach(all::add);
      } else if (version.isObject()) {
        all.add(version);
      }
    }
    return all;
  }

  private static ModelState model(JsonNode model) {
    return switch (status(model)) {
      case "FAILED" -> ModelState.FAILED;
      case "PENDING", "LOADING", "UNLOADING" -> ModelState.LOADING;
      case "HEALTHY" -> model.path("workerGroups").isEmpty() ? byWorkers(model) : ModelState.READY;
      case "READY", "LOADED" -> has(model) ? byWorkers(model) : ModelState.READY;
      default -> byWorkers(model);
    };
  }

  private static ModelState byWorkers(JsonNode model) {
    if (!has(model)) {
      return ModelState.UNSAID;
    }
    List<JsonNode> workers = new ArrayList<>();
    model.path("workers").forEach(workers::add);
    model.path("workerGroups").forEach(group -> group.path("workers").forEach(workers::add));
    if (workers.isEmpty()) {
      return model.has("workers") ? ModelState.EMPTY : ModelState.LOADING;
    }
    boolean serves = workers.stream().anyMatch(worker -> status(worker).equals("READY"));
    return serves ? ModelState.READY : ModelState.LOADING;
  }

  private static boolean has(JsonNode model) {
    return model.path("workers").isArray() || model.path("workerGroups").isArray();
  }

  private static String status(JsonNode of) {
    return of.path("status").asText("").toUpperCase(Locale.ROOT);
  }
}
