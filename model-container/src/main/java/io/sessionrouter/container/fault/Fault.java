package io.sessionrouter.container.fault;

import java.time.Duration;
import java.util.Locale;

/**
 * One row of the error table: the code a client reads, the HTTP status, and whether to try again.
 */
public enum Fault {
  /** The request is malformed: not JSON, an unknown key, a value out of range. */
  INVALID_REQUEST(400),
  /** The inputs do not fit in what is left of the model's context. */
  CONTEXT_TOO_LONG(400),
  /** This container never held, or no longer remembers, such a session. */
  SESSION_NOT_FOUND(404),
  /** The path is right, the method is not. */
  METHOD_NOT_ALLOWED(405),
  /** The body did not arrive in time. */
  REQUEST_TIMEOUT(408),
  /** The session was closed by a client. */
  SESSION_CLOSED(410),
  /** The session outlived its time to live or its idle timeout. */
  SESSION_EXPIRED(410),
  /** The session gave way to others because memory ran short. */
  SESSION_EVICTED(410),
  /** The body is larger than {@code model.max-body}. */
  BODY_TOO_LARGE(413),
  /** The client went away; nobody reads this answer. */
  CANCELLED(499),
  /** The model itself failed on this request. */
  MODEL_FAILED(500),
  /** A bug of the container. */
  INTERNAL(500),
  /** More requests than the container runs and queues. */
  OVERLOADED(503, Duration.ofSeconds(1)),
  /** The container is stopping: it goes on with the sessions it has, and opens none. */
  DRAINING(503, Duration.ofSeconds(1)),
  /** The model is still loading, or the container is stopping. */
  NOT_READY(503, Duration.ofSeconds(2)),
  /** The answer took longer than {@code model.request-timeout}. */
  TIMEOUT(504),
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
  public FaultException because(String message, Object... args) {
    return new FaultException(this, args.length == 0 ? message : message.formatted(args));
  }
}
