package io.sessionrouter.models;

import io.sessionrouter.container.ContainerContract;
import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.time.Duration;

/** Why a model cannot be loaded, in the words that clients read. */
final class LoadErrors {
  /** Stands for an error that no status stands for. */
  private static final int NO_STATUS = 500;

  private LoadErrors() {}

  static RouterException notFound(Model model) {
    return new RouterException(
        FailureKind.MODEL_NOT_FOUND, "Model " + model.target() + " not found.");
  }

  /** A gateway's statuses describe what lies behind it: the place where models lie. */
  static RouterException answered(Model model, String variant, ModelApi.Reply reply) {
    return reply.status() == ContainerContract.BAD_GATEWAY
            || reply.status() == ContainerContract.GATEWAY_TIMEOUT
        ? broke(model)
        : failed(model, variant, reply);
  }

  static RouterException failed(Model model, String variant, ModelApi.Reply reply) {
    return new LoadRefusal(
        variant,
        reply.status(),
        "Model " + model.target() + " could not be loaded: " + reply.message());
  }

  /** Something answers to its name, but nothing that serves. */
  static RouterException hollow(Model model, String variant) {
    return new LoadRefusal(
        variant,
        NO_STATUS,
        "Model "
            + model.target()
            + " could not be loaded: its container took its name and started no worker for it.");
  }

  static RouterException broke(Model model) {
    return new RouterException(
        FailureKind.MODEL_LOAD_BROKE,
        "Model "
            + model.target()
            + " could not be loaded: the place where models lie, or the model container, does not"
            + " answer.");
  }

  static RouterException tookTooLong(Model model, Duration limit) {
    return new RouterException(
        FailureKind.MODEL_LOAD_BROKE,
        "Model "
            + model.target()
            + " was not loaded in time (limit: "
            + limit.toSeconds()
            + " s).");
  }

  static RouterException noMemory(Model model) {
    return new RouterException(
        FailureKind.NO_MODEL_MEMORY,
        "No instance has memory for model "
            + model.target()
            + ", and every loaded model is in use; try again.");
  }

  static RouterException busy(String target) {
    return new RouterException(
        FailureKind.MODEL_NOT_READY,
        "Model " + target + " is not loaded, and other models are being loaded; try again.");
  }
}
