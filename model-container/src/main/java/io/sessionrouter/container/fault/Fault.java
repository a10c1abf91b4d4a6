package io.sessionrouter.container.fault;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One row of the error table: the code a client reads, the HTTP status, and whether to try again.
 */
public enum Fault {
  /** The request is malformed: not JSON, an unknown key, a value out of range. */
  INVALID_REQUEST(400),
  /** The inputs do not fit in what is left of the model's context. */
  CONTEXT_TOO_LONG(400),
  /** The session lives, but in another model than the one that was asked. */
  WRONG_MODEL(400),
  /** What lies at a model's URL is no model: not an archive, not safe to unpack, not loadable. */
  BAD_ARTIFACT(400),
  /** The artifact is larger than the limits of {@code model.multi}, packed or unpacked. */
  ARTIFACT_TOO_LARGE(400),
  /** The model would not fit even if it were the only one. */
  MODEL_TOO_LARGE(400),
  /** No model of this name is loaded. */
  MODEL_NOT_FOUND(404),
  /** Nothing lies at the model's URL. */
  ARTIFACT_NOT_FOUND(404),
  /** The container serves one model only, so there is nothing to load or to list. */
  SINGLE_MODEL(404),
  /** This container never held, or no longer remembers, such a session. */
  SESSION_NOT_FOUND(404),
  /** The path is right, the method is not. */
  METHOD_NOT_ALLOWED(405),
  /** The body did not arrive in time. */
  REQUEST_TIMEOUT(408),
  /** A model of this name is loaded already. */
  MODEL_ALREADY_LOADED(409),
  /** A model of this name is being loaded, from another URL. */
  MODEL_LOADING(409),
  /** The model is to be unloaded only if nobody uses it, and somebody does. */
  MODEL_IN_USE(409),
  /** The session was closed by a client. */
  SESSION_CLOSED(410),
  /** The session outlived its time to live or its idle timeout. */
  SESSION_EXPIRED(410),
  /** The session gave way to others, because memory ran short or its model was unloaded. */
  SESSION_EVICTED(410),
  /** The body is larger than {@code model.max-body}. */
  BODY_TOO_LARGE(413),
  /** The client went away; nobody reads this answer. */
  CANCELLED(499),
  /** The client left a stream unread for too long; its connection is broken. */
  STALLED(499),
  /** The model itself failed on this request. */
  MODEL_FAILED(500),
  /** A bug of the container. */
  INTERNAL(500),
  /** The server of the model's URL cannot be reached, refuses, or breaks off. */
  ARTIFACT_UNREACHABLE(502),
  /** More requests than the container runs and queues. */
  OVERLOADED(503, Duration.ofSeconds(1)),
  /** The container is stopping: it goes on with the sessions it has, and opens none. */
  DRAINING(503, Duration.ofSeconds(1)),
  /** The model is still loading, or the container is stopping. */
  NOT_READY(503, Duration.ofSeconds(2)),
  /** The answer took longer than {@code model.request-timeout} or {@code model.stream-timeout}. */
  TIMEOUT(504),
  /** The artifact took longer than {@code model.multi.fetch-timeout}. */
  ARTIFACT_TIMEOUT(504),
  /** No memory for another model; there will be when one is unloaded. */
  OUT_OF_MODEL_MEMORY(507),
  /** The memory for sessions is used up. */
  OUT_OF_SESSION_MEMORY(507);

  private final int status;
  private final Duration retryAfter;

  Fault(int status) {
    this(status, Duration.ZERO);
  }

  Fault(int status, Duration retryAfter) {
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** The HTTP status a client gets. */
  public int status() {
    return status;
  }

  /** How long a client should wait before it tries again; zero if trying again would not help. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** The name in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** A failure of this kind, with a message written for the client. */
  @FormatMethod
  public FaultException because(@FormatString String message, @Nullable Object... args) {
    return new FaultException(this, message.formatted(args));
  }
}
