package io.sessionrouter.fleet.discovery;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** The Kubernetes API did not do what it was asked. */
final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int GONE = 410;
  private static final int LONGEST_TEXT = 300;

  private final int status;

  /**
   * @param status of HTTP, 0 if there was none
   */
  ApiFailure(int status, String message) {
    super(
        message.length() > LONGEST_TEXT ? message.substring(0, LONGEST_TEXT) : message,
        null,
        false,
        false);
    this.status = status;
  }

  /** What an error response says. */
  static ApiFailure ofResponse(int status, Buffer body) {
    String text = "";
    try {
      text = new JsonObject(body).getString("message", "");
    } catch (DecodeException | ClassCastException notAStatus) {
      text = "no explanation";
    }
    return new ApiFailure(status, "status " + status + ": " + text);
  }

  /** What an object of kind {@code Status} says. */
  static ApiFailure ofStatus(JsonObject status) {
    int code = status.getInteger("code", 0);
    return new ApiFailure(code, "status " + code + ": " + status.getString("message", ""));
  }

  /** Whether the resource version is too old: only a new list helps. */
  boolean isGone() {
    return status == GONE;
  }
}
