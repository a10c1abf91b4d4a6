package io.sessionrouter.domain;

import static io.sessionrouter.domain.FailureKind.Fault.CLIENT;
import static io.sessionrouter.domain.FailureKind.Fault.MODEL;
import static io.sessionrouter.domain.FailureKind.Fault.ROUTER;
import static io.sessionrouter.domain.FailureKind.Log.DEBUG;
import static io.sessionrouter.domain.FailureKind.Log.ERROR;
import static io.sessionrouter.domain.FailureKind.Log.WARN;
import static io.sessionrouter.domain.FailureKind.Retry.AFTER_A_SECOND;
import static io.sessionrouter.domain.FailureKind.Retry.NO;

import java.util.Locale;

/**
 * The failure table: every way a request can fail, with what the client, the metrics and the log
 * are sent.
 *
 * <p>Codes are those of the SageMaker Runtime API, so that AWS SDKs raise the exceptions their
 * users already handle.
 */
public enum FailureKind {
  MALFORMED_HTTP(
      400,
      "ValidationError",
      NO,
      CLIENT,
      DEBUG,
      "not HTTP/1.1, or HTTP that can be read in two ways; the connection is closed"),
  HEAD_TOO_LARGE(
      431,
      "ValidationError",
      NO,
      CLIENT,
      DEBUG,
      "a first line over 8 KiB, headers over 32 KiB or 100 lines; the connection is closed"),
  MISSING_CREDENTIALS(
      403,
      "MissingAuthenticationTokenException",
      NO,
      CLIENT,
      DEBUG,
      Alert.CALLERS_REFUSED,
      "the request does not show who sent it"),
  INCOMPLETE_SIGNATURE(
      403,
      "IncompleteSignatureException",
      NO,
      CLIENT,
      DEBUG,
      Alert.CALLERS_REFUSED,
      "a part of the signature is missing or malformed; the message names it"),
  INVALID_SIGNATURE(
      403,
      "InvalidSignatureException",
      NO,
      CLIENT,
      DEBUG,
      Alert.CALLERS_REFUSED,
      "the signature is not that of this request, or of another time, region or service; the"
          + " message shows what should have been signed"),
  UNKNOWN_KEY(
      403,
      "UnrecognizedClientException",
      NO,
      CLIENT,
      DEBUG,
      Alert.CALLERS_REFUSED,
      "no principal has the access key, session token or bearer key"),
  EXPIRED_KEY(
      403,
      "ExpiredTokenException",
      NO,
      CLIENT,
      DEBUG,
      Alert.CALLERS_REFUSED,
      "the access key or bearer key has expired"),
  ACCESS_DENIED(
      403,
      "AccessDeniedException",
      NO,
      CLIENT,
      DEBUG,
      Alert.CALLERS_REFUSED,
      "no grant of the principal allows the action on the endpoint"),
  UNKNOWN_PATH(404, "UnknownOperationException", NO, CLIENT, DEBUG, "no such operation"),
  METHOD_NOT_ALLOWED(
      405, "UnknownOperationException", NO, CLIENT, DEBUG, "another method than the operation's"),
  UNSUPPORTED(
      400,
      "ValidationError",
      NO,
      CLIENT,
      DEBUG,
      "an operation of SageMaker Runtime that is not supported"),
  INVALID_REQUEST(
      400,
      "ValidationError",
      NO,
      CLIENT,
      DEBUG,
      "a name or header breaks its rule; the message names it"),
  UNKNOWN_ENDPOINT(400, "ValidationError", NO, CLIENT, DEBUG, "the endpoint is not configured"),
  ENDPOINT_DELETED(
      400,
      "ValidationError",
      NO,
      CLIENT,
      DEBUG,
      "the endpoint was deleted, and the request's session ended with it"),
  UNKNOWN_VARIANT(400, "ValidationError", NO, CLIENT, DEBUG, "the endpoint has no such variant"),
  SESSION_UNKNOWN(400, "ValidationError", NO, CLIENT, DEBUG, "never known, or ended long ago"),
  SESSION_EXPIRED(400, "ValidationError", NO, CLIENT, DEBUG, "its absolute or idle time ran out"),
  SESSION_CLOSED(400, "ValidationError", NO, CLIENT, DEBUG, "closed by a client or an operator"),
  SESSION_LOST(
      400,
      "ValidationError",
      NO,
      ROUTER,
      DEBUG,
      Alert.SESSIONS_LOST,
      "the instance that held its state is gone; it is never moved to another"),
  BODY_TOO_LARGE(413, "ValidationError", NO, CLIENT, DEBUG, "over `limits.max-body`"),
  CLIENT_TOO_SLOW(
      408,
      "RequestTimeoutException",
      NO,
      CLIENT,
      DEBUG,
      "the head or the body did not arrive in time"),
  MODEL_ERROR(
      424,
      "ModelError",
      NO,
      MODEL,
      DEBUG,
      "the container answered 3xx, 4xx or 5xx; its status and message are passed on"),
  MODEL_TIMEOUT(
      424,
      "ModelError",
      NO,
      ROUTER,
      DEBUG,
      StreamError.TIMED_OUT,
      "no first byte within `timeouts.first-byte`, or no end within `timeouts.stream`"),
  MODEL_UNUSABLE(
      424,
      "ModelError",
      NO,
      ROUTER,
      WARN,
      StreamError.BROKEN,
      "the container broke the connection, or its answer cannot be passed on"),
  MODEL_NOT_READY(
      429,
      "ModelNotReadyException",
      AFTER_A_SECOND,
      MODEL,
      DEBUG,
      "the target model is still being loaded after `models.wait`, or was found unloaded; the load"
          + " goes on"),
  MODEL_NOT_FOUND(
      400, "ValidationError", NO, CLIENT, DEBUG, "no model has the target model's name"),
  MODEL_LOAD_FAILED(
      424,
      "ModelError",
      NO,
      MODEL,
      WARN,
      "the container could not load the target model; its status and message are passed on"),
  MODEL_LOAD_BROKE(
      530,
      "InternalDependencyException",
      NO,
      ROUTER,
      WARN,
      "the model store does not answer, or the load broke off or took longer than"
          + " `models.load-timeout`"),
  NO_MODEL_MEMORY(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      ROUTER,
      WARN,
      "no instance has memory for the target model, and no model can be unloaded: all have sessions"
          + " or requests"),
  NO_HEALTHY_INSTANCE(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      ROUTER,
      DEBUG,
      Alert.NO_HEALTHY_INSTANCE,
      "no instance takes new work"),
  NO_SESSION_SLOT(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      ROUTER,
      DEBUG,
      Alert.NO_SLOTS_LEFT,
      "every instance holds `sessions.max-per-instance` sessions"),
  INSTANCE_UNREACHABLE(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      ROUTER,
      DEBUG,
      "the session's instance cannot be reached now; its state may still be there"),
  STORE_UNAVAILABLE(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      ROUTER,
      DEBUG,
      Alert.STORE_UNAVAILABLE,
      "Redis does not answer, and this replica does not know the session"),
  THROTTLED_RATE(
      429,
      "ThrottlingException",
      AFTER_A_SECOND,
      CLIENT,
      DEBUG,
      Alert.PRINCIPAL_AT_QUOTA,
      "the principal's quota of requests per second is used up"),
  THROTTLED_IN_FLIGHT(
      429,
      "ThrottlingException",
      AFTER_A_SECOND,
      CLIENT,
      DEBUG,
      Alert.PRINCIPAL_AT_QUOTA,
      "the principal's quota of requests at the same time is used up"),
  THROTTLED_BYTES(
      429,
      "ThrottlingException",
      AFTER_A_SECOND,
      CLIENT,
      DEBUG,
      Alert.PRINCIPAL_AT_QUOTA,
      "the principal's quota of request bytes per second is used up"),
  THROTTLED_SESSIONS(
      429,
      "ThrottlingException",
      AFTER_A_SECOND,
      CLIENT,
      DEBUG,
      Alert.PRINCIPAL_AT_QUOTA,
      "the principal has as many live sessions as its quota allows"),
  OVERLOADED(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      ROUTER,
      DEBUG,
      "more client connections than allowed, or `http.memory` used up"),
  STOPPING(
      503,
      "ServiceUnavailable",
      AFTER_A_SECOND,
      ROUTER,
      DEBUG,
      "the router is stopping, and `drain.timeout` is over"),
  STORE_BROKE(
      530,
      "InternalDependencyException",
      NO,
      ROUTER,
      WARN,
      "Redis failed while a session was opened or closed"),
  INTERNAL(
      500,
      "InternalFailure",
      NO,
      ROUTER,
      ERROR,
      "a fault of the router; its log has the details under the request id");

  /** Whether, and when, the same request may be sent again. */
  public enum Retry {
    NO,
    AFTER_A_SECOND
  }

  /** Who has to change something so that it does not happen again. */
  public enum Fault {
    /** What the client sent, or when. */
    CLIENT,
    /** The model says so itself, or is not loaded yet. */
    MODEL,
    /** The service's: of the router, of Redis, or of instances that break, are full or away. */
    ROUTER;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The value of the metric label {@code fault}. */
    public String label() {
      return label;
    }
  }

  /** How loudly the router's own log speaks of a failure. */
  public enum Log {
    DEBUG,
    WARN,
    ERROR
  }

  /** How an event stream ends that had begun when the failure happened. */
  enum StreamError {
    /** The code of the failure goes with it. */
    INTERNAL("InternalStreamFailure", ""),
    TIMED_OUT("ModelStreamError", "ModelInvocationTimeExceeded"),
    BROKEN("ModelStreamError", "StreamBroken");

    private final String event;
    private final String errorCode;

    StreamError(String event, String errorCode) {
      this.event = event;
      this.errorCode = errorCode;
    }
  }

  /** The alert of grafana/alerts.yaml that such failures raise when there are many. */
  public enum Alert {
    /** Nobody is woken by what a client or a model does. */
    NONE(""),
    /** Many callers that are not known, or may not what they ask for: somebody may be trying. */
    CALLERS_REFUSED("SessionRouterCallersRefused"),
    /** A principal that its quota holds back for long. */
    PRINCIPAL_AT_QUOTA("SessionRouterPrincipalAtQuota"),
    /** Counts against the objective for errors, and has no alert of its own. */
    ERROR_BUDGET("SessionRouterErrorBudgetBurnsFast"),
    SESSIONS_LOST("SessionRouterSessionsLost"),
    NO_HEALTHY_INSTANCE("SessionRouterNoHealthyInstance"),
    NO_SLOTS_LEFT("SessionRouterNoSlotsLeft"),
    STORE_UNAVAILABLE("SessionRouterStoreUnavailable");

    private final String rule;

    Alert(String rule) {
      this.rule = rule;
    }

    /** Its name in Prometheus; empty for {@link #NONE}. */
    public String rule() {
      return rule;
    }
  }

  /** A client that resends 5xx, but not 429, gets this in place of a 4xx that it may resend. */
  private static final int SERVICE_UNAVAILABLE = 503;

  private static final String THROTTLING = "ThrottlingException";

  private final int status;
  private final String code;
  private final Retry retry;
  private final Fault fault;
  private final Log log;
  private final String label;
  private final StreamError streamError;
  private final Alert alert;
  private final String meaning;

  FailureKind(int status, String code, Retry retry, Fault fault, Log log, String meaning) {
    this(status, code, retry, fault, log, StreamError.INTERNAL, meaning);
  }

  FailureKind(
      int status, String code, Retry retry, Fault fault, Log log, Alert alert, String meaning) {
    this(status, code, retry, fault, log, StreamError.INTERNAL, alert, meaning);
  }

  FailureKind(
      int status,
      String code,
      Retry retry,
      Fault fault,
      Log log,
      StreamError streamError,
      String meaning) {
    this(
        status,
        code,
        retry,
        fault,
        log,
        streamError,
        fault == Fault.ROUTER ? Alert.ERROR_BUDGET : Alert.NONE,
        meaning);
  }

  FailureKind(
      int status,
      String code,
      Retry retry,
      Fault fault,
      Log log,
      StreamError streamError,
      Alert alert,
      String meaning) {
    this.status = status;
    this.code = code;
    this.retry = retry;
    this.fault = fault;
    this.log = log;
    this.streamError = streamError;
    this.alert = alert;
    this.meaning = meaning;
    this.label = name().toLowerCase(Locale.ROOT);
  }

  /** The HTTP status the client gets. */
  public int status() {
    return status;
  }

  /**
   * The HTTP status for an AWS SDK in standard retry mode, which resends a 5xx but no 429: a
   * failure that it may resend is a 503, whatever AWS makes of it. It knows a throttled request by
   * the code.
   */
  public int statusInStandardRetries() {
    return retry == Retry.AFTER_A_SECOND && !throttled() ? SERVICE_UNAVAILABLE : status;
  }

  /** Whether a quota of the principal was used up. */
  public boolean throttled() {
    return THROTTLING.equals(code);
  }

  /** The AWS error code, sent in {@code x-amzn-errortype} and in the body. */
  public String code() {
    return code;
  }

  public Retry retry() {
    return retry;
  }

  /** Whether it counts against the objectives: {@link Fault#ROUTER} does. */
  public Fault fault() {
    return fault;
  }

  public Log log() {
    return log;
  }

  /** The exception event that ends an event stream that has begun. */
  public String streamException() {
    return streamError.event;
  }

  /** The code in that event: one of AWS's stream codes, or else {@link #code}. */
  public String streamCode() {
    return streamError.errorCode.isEmpty() ? code : streamError.errorCode;
  }

  public Alert alert() {
    return alert;
  }

  /** When it happens, in words for docs/failures.md. */
  public String meaning() {
    return meaning;
  }

  /** The value of the metric label {@code outcome}. */
  public String label() {
    return label;
  }
}
