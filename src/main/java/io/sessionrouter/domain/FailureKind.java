package io.sessionrouter.domain;

import static io.sessionrouter.domain.FailureKind.Log.DEBUG;
import static io.sessionrouter.domain.FailureKind.Log.ERROR;
import static io.sessionrouter.domain.FailureKind.Log.WARN;
import static io.sessionrouter.domain.FailureKind.Retry.AFTER_A_SECOND;
import static io.sessionrouter.domain.FailureKind.Retry.NO;

import java.util.Locale;

/**
 * The failure table: every way a request can fail, with what the client, the metrics and the log
 * are told.
 *
 * <p>Codes are those of the SageMaker Runtime API, so that AWS SDKs raise the exceptions their
 * users already handle.
 */
public enum FailureKind {
  MALFORMED_HTTP(
      400,
      "ValidationError",
      NO,
      DEBUG,
      "not HTTP/1.1, or HTTP that can be read in two ways; the connection is closed"),
  HEAD_TOO_LARGE(
      431,
      "ValidationError",
      NO,
      DEBUG,
      "a first line over 8 KiB, headers over 32 KiB or 100 lines; the connection is closed"),
  UNKNOWN_PATH(404, "UnknownOperationException", NO, DEBUG, "no such operation"),
  METHOD_NOT_ALLOWED(405, "UnknownOperationException", NO, DEBUG, "another method than POST"),
  UNSUPPORTED(
      400, "ValidationError", NO, DEBUG, "an operation of SageMaker Runtime that is not built yet"),
  INVALID_REQUEST(
      400, "ValidationError", NO, DEBUG, "a name or header breaks its rule; the message names it"),
  UNKNOWN_ENDPOINT(400, "ValidationError", NO, DEBUG, "the endpoint is not configured"),
  UNKNOWN_VARIANT(400, "ValidationError", NO, DEBUG, "the endpoint has no such variant"),
  SESSION_UNKNOWN(400, "ValidationError", NO, DEBUG, "never heard of, or ended long ago"),
  SESSION_EXPIRED(400, "ValidationError", NO, DEBUG, "its absolute or idle time ran out"),
  SESSION_CLOSED(400, "ValidationError", NO, DEBUG, "closed by a client or an operator"),
  SESSION_LOST(
      400,
      "ValidationError",
      NO,
      DEBUG,
      "the instance that held its state is gone; it is never moved to another"),
  BODY_TOO_LARGE(413, "ValidationError", NO, DEBUG, "over `limits.max-body`"),
  CLIENT_TOO_SLOW(
      408, "RequestTimeoutException", NO, DEBUG, "the head or the body did not arrive in time"),
  MODEL_ERROR(
      424,
      "ModelError",
      NO,
      DEBUG,
      "the container answered 3xx, 4xx or 5xx; its status and message are passed on"),
  MODEL_TIMEOUT(
      424,
      "ModelError",
      NO,
      DEBUG,
      "no first byte within `timeouts.first-byte`, or no end within `timeouts.stream`"),
  MODEL_UNUSABLE(
      424,
      "ModelError",
      NO,
      WARN,
      "the container broke the connection, or its answer cannot be passed on"),
  MODEL_NOT_READY(
      429,
      "ModelNotReadyException",
      AFTER_A_SECOND,
      DEBUG,
      "the target model is still being loaded after `models.wait`, or was found unloaded; the load"
          + " goes on"),
  MODEL_NOT_FOUND(400, "ValidationError", NO, DEBUG, "nothing lies under the target model's name"),
  MODEL_LOAD_FAILED(
      424,
      "ModelError",
      NO,
      WARN,
      "the container could not load the target model; its status and message are passed on"),
  MODEL_LOAD_BROKE(
      530,
      "InternalDependencyException",
      NO,
      WARN,
      "the place where models lie does not answer, or the load broke off or took longer than"
          + " `models.load-timeout`"),
  NO_MODEL_MEMORY(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      WARN,
      "no instance has memory for the target model, and no model can be unloaded: all have sessions"
          + " or requests"),
  NO_HEALTHY_INSTANCE(
      503, "ServiceUnavailable", AFTER_A_SECOND, DEBUG, "no instance takes new work"),
  NO_SESSION_SLOT(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      DEBUG,
      "every instance holds `sessions.max-per-instance` sessions"),
  INSTANCE_UNREACHABLE(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      DEBUG,
      "the session's instance cannot be reached now; its state may still be there"),
  STORE_UNAVAILABLE(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      DEBUG,
      "Redis does not answer, and this replica does not know the session"),
  OVERLOADED(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      DEBUG,
      "more client connections than there may be, or `http.memory` used up"),
  STOPPING(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      DEBUG,
      "the router is stopping, and `drain.timeout` is over"),
  STORE_BROKE(
      530,
      "InternalDependencyException",
      NO,
      WARN,
      "Redis went away while a session was opened or closed"),
  INTERNAL(
      500,
      "InternalFailure",
      NO,
      ERROR,
      "a fault of the router; its log tells more under the request id");

  /** Whether, and when, the same request may be sent again. */
  public enum Retry {
    NO,
    AFTER_A_SECOND
  }

  /** How loudly the router's own log speaks of a failure. */
  public enum Log {
    DEBUG,
    WARN,
    ERROR
  }

  private final int status;
  private final String code;
  private final Retry retry;
  private final Log log;
  private final String label;
  private final String meaning;

  FailureKind(int status, String code, Retry retry, Log log, String meaning) {
    this.status = status;
    this.code = code;
    this.retry = retry;
    this.log = log;
    this.meaning = meaning;
    this.label = name().toLowerCase(Locale.ROOT);
  }

  /** The HTTP status the client gets. */
  public int status() {
    return status;
  }

  /** The AWS error code, sent in {@code x-amzn-errortype} and in the body. */
  public String code() {
    return code;
  }

  public Retry retry() {
    return retry;
  }

  public Log log() {
    return log;
  }

  /** When it happens, in words for the README. */
  public String meaning() {
    return meaning;
  }

  /** The value of the metric label {@code outcome}. */
  public String label() {
    return label;
  }
}
