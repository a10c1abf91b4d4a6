package io.sessionrouter.fleet.discovery;

import io.sessionrouter.telemetry.DiscoveryMeters.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** The Kubernetes API did not do what it was asked. */
final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int GONE = 410;
  private static final int MAX_TEXT_LENGTH = 300;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private final Failure kind;

  private ApiFailure(Failure kind, String message) {
    super(
        message.length() > MAX_TEXT_LENGTH ? message.substring(0, MAX_TEXT_LENGTH) : message,
        null,
        false,
        false);
    this.kind = kind;
  }

  /** It took too long. */
  static ApiFailure late(String message) {
    return new ApiFailure(Failure.UNREACHABLE, message);
  }

  /** It is not asked without credentials. */
  static ApiFailure withoutToken(String file) {
    return new ApiFailure(
        Failure.DENIED, file + " cannot be read (expected: the service account's token)");
  }

  /** It is not what was asked for. */
  static ApiFailure unreadable(String message) {
    return new ApiFailure(Failure.UNREADABLE, message);
  }

  /** What an error response says. */
  static ApiFailure ofResponse(int status, Buffer body) {
    String text = "";
    try {
      text = new JsonObject(body).getString("message", "");
    } catch (DecodeException | ClassCastException notAStatus) {
      text = "no explanation";
    }
    return new ApiFailure(kind(status), "status " + status + ": " + text);
  }

  /** What an object of kind {@code Status} says. */
  static ApiFailure ofStatus(JsonObject status) {
    int code = status.getInteger("code", 0);
    return new ApiFailure(kind(code), "status " + code + ": " + status.getString("message", ""));
  }

  private static Failure kind(int status) {
    return switch (status) {
      case GONE -> Failure.EXPIRED;
      case UNAUTHORIZED, FORBIDDEN -> Failure.DENIED;
      default -> Failure.REFUSED;
    };
  }

  /** What the meters call it; what is no answer at all is {@code UNREACHABLE}. */
  static Failure kindOf(Throwable why) {
    return switch (why) {
      case ApiFailure failure -> failure.kind;
      case DecodeException notJson -> Failure.UNREADABLE;
      case ClassCastException notASlice -> Failure.UNREADABLE;
      default -> Failure.UNREACHABLE;
    };
  }

  /** Whether the resource version is too old: only a new list helps. */
  boolean isGone() {
    return kind == Failure.EXPIRED;
  }
}
