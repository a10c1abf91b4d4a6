package io.sessionrouter.gateway;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.models.LoadRefusal;

/** The container's own failure, passed on with what it said. */
final class ModelError extends RouterException {
  private static final long serialVersionUID = 1L;
  static final int NO_STATUS = 500;

  private final int originalStatus;
  private final String originalMessage;

  private ModelError(FailureKind kind, String message, int originalStatus, String original) {
    super(kind, message);
    this.originalStatus = originalStatus;
    this.originalMessage = original;
  }

  /** The container answered with an error status. */
  static ModelError answered(String variant, int status, String body) {
    boolean client = status < 500;
    String message =
        "Received "
            + (client ? "client" : "server")
            + " error ("
            + status
            + ") from "
            + variant
            + " with message \""
            + body
            + "\"";
    return new ModelError(FailureKind.MODEL_ERROR, message, status, body);
  }

  /** The container said that it cannot load the model. */
  static ModelError notLoaded(LoadRefusal refusal) {
    String message =
        "Received "
            + (refusal.status() < 500 ? "client" : "server")
            + " error ("
            + refusal.status()
            + ") from "
            + refusal.variant()
            + " with message \""
            + refusal.text()
            + "\"";
    return new ModelError(FailureKind.MODEL_LOAD_FAILED, message, refusal.status(), refusal.text());
  }

  /** The container did not answer in time. */
  static ModelError timedOut(String variant, java.time.Duration limit) {
    return new ModelError(
        FailureKind.MODEL_TIMEOUT,
        "Received server error (0) from "
            + variant
            + " with message \"Your invocation timed out"
            + " while waiting for a response from the model container (limit: "
            + limit.toSeconds()
            + " s).\"",
        NO_STATUS,
        "");
  }

  /** The container broke its connection, or its answer cannot be passed on. */
  static ModelError unusable(String variant, String what) {
    return new ModelError(
        FailureKind.MODEL_UNUSABLE,
        "Received server error (0) from " + variant + " with message \"" + what + "\"",
        NO_STATUS,
        "");
  }

  int originalStatus() {
    return originalStatus;
  }

  String originalMessage() {
    return originalMessage;
  }

  String errorCode() {
    return originalStatus < 500 ? "CLIENT_ERROR_FROM_MODEL" : "SERVER_ERROR_FROM_MODEL";
  }
}
