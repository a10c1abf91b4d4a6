package io.sessionrouter.domain;

import static io.sessionrouter.domain.FailureKind.Log.DEBUG;
import static io.sessionrouter.domain.FailureKind.Log.ERROR;
import static io.sessionrouter.domain.FailureKind.Log.WARN;
import static io.sessionrouter.domain.FailureKind.Retry.AFTER_A_SECOND;
import static io.sessionrouter.domain.FailureKind.Retry.NO;

/**
 * The failure table: every way a request can fail, with what the client, the metrics and the log
 * are told.
 *
 * <p>Codes are those of the SageMaker Runtime API, so that AWS SDKs raise the exceptions their users
 * already handle.
 */
public enum FailureKind {
  MALFORMED_HTTP(400, "ValidationError", NO, DEBUG),
  HEAD_TOO_LARGE(431, "ValidationError", NO, DEBUG),
  UNKNOWN_PATH(404, "UnknownOperationException", NO, DEBUG),
  METHOD_NOT_ALLOWED(405, "UnknownOperationException", NO, DEBUG),
  UNSUPPORTED(400, "ValidationError", NO, DEBUG),
  INVALID_REQUEST(400, "ValidationError", NO, DEBUG),
  UNKNOWN_ENDPOINT(400, "ValidationError", NO, DEBUG),
  UNKNOWN_VARIANT(400, "ValidationError", NO, DEBUG),
  SESSION_UNKNOWN(400, "ValidationError", NO, DEBUG),
  SESSION_EXPIRED(400, "ValidationError", NO, DEBUG),
  SESSION_CLOSED(400, "ValidationError", NO, DEBUG),
  SESSION_LOST(400, "ValidationError", NO, DEBUG),
  BODY_TOO_LARGE(413, "ValidationError", NO, DEBUG),
  CLIENT_TOO_SLOW(408, "RequestTimeoutException", NO, DEBUG),
  MODEL_ERROR(424, "ModelError", NO, DEBUG),
  MODEL_TIMEOUT(424, "ModelError", NO, DEBUG),
  MODEL_UNUSABLE(424, "ModelError", NO, WARN),
  NO_HEALTHY_INSTANCE(503, "ServiceUnavailable", AFTER_A_SECOND, DEBUG),
  NO_SESSION_SLOT(503, "ServiceUnavailable", AFTER_A_SECOND, DEBUG),
  INSTANCE_UNREACHABLE(503, "ServiceUnavailable", AFTER_A_SECOND, DEBUG),
  STORE_UNAVAILABLE(503, "ServiceUnavailable", AFTER_A_SECOND, DEBUG),
  OVERLOADED(503, "ServiceUnavailable", AFTER_A_SECOND, DEBUG),
  STORE_BROKE(530, "InternalDependencyException", NO, WARN),
  INTERNAL(500, "InternalFailure", NO, ERROR);

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

  FailureKind(int status, String code, Retry retry, Log log) {
    this.status = status;
    this.code = code;
    this.retry = retry;
    this.log = log;
    this.label = name().toLowerCase(java.util.Locale.ROOT);
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

  /** The value of the metric label {@code outcome}. */
  public String label() {
    return label;
  }
}
