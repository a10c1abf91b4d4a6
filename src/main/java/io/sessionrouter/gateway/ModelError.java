package io.sessionrouter.gateway;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.models.LoadRefusal;
import org.jspecify.annotations.Nullable;

/** The container's own failure, passed on with what it said. */
final class ModelError extends RouterException {
  private static final long serialVersionUID = 1L;
  static final int NO_STATUS = 500;

  private final int originalStatus;
  private final String originalMessage;
  private final transient @Nullable ContainerAnswer answer;

  private ModelError(FailureKind kind, String message, int originalStatus, String original) {
    this(kind, message, originalStatus, original, null);
  }

  private ModelError(
      FailureKind kind,
      String message,
      int originalStatus,
      String original,
      @Nullable ContainerAnswer answer) {
    super(kind, message);
    this.originalStatus = originalStatus;
    this.originalMessage = original;
    this.answer = answer;
  }

  /**
   * The container answered with an error status.
   *
   * @param whole the answer; null if it is not all here
   */
  static ModelError answered(
      String variant, int status, String body, @Nullable ContainerAnswer whole) {
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
    return new ModelError(FailureKind.MODEL_ERROR, message, status, body, whole);
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

  /** What the container answered, all of it; null if that is not known. */
  @Nullable ContainerAnswer answer() {
    return answer;
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
