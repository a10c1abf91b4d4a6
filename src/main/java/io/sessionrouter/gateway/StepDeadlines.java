package io.sessionrouter.gateway;

import static java.util.Objects.requireNonNull;

import io.sessionrouter.domain.RouterException;
import io.sessionrouter.gateway.ClientStream.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a request waits for each of its steps, and the failure that ends it when a step takes
 * longer. All requests of an event loop share one: it keeps nothing of any of them.
 */
final class StepDeadlines {
  private final Duration body;

  /**
   * @param body the longest silence while a request's body is awaited
   */
  StepDeadlines(Duration body) {
    this.body = body;
  }

  /** Waits for more of the request's body, and for the answer once the body is complete. */
  void awaitProgress(ClientStream client, Invocation request, boolean bodyEnded) {
    if (bodyEnded) {
      awaitFirstByte(client, request);
    } else {
      client.await(Phase.BODY, body.toNanos());
    }
  }

  void awaitFirstByte(ClientStream client, Invocation request) {
    client.await(Phase.FIRST_BYTE, request.timeouts().firstByte().toNanos());
  }

  /** Waits for the end of the answer. */
  void awaitEnd(ClientStream client, Invocation request) {
    client.await(Phase.STREAM, request.timeouts().stream().toNanos());
  }

  /** The client stopped sending, though the instance takes more. */
  RouterException bodyTooSlow() {
    return Errors.tooSlow("body", body);
  }

  /**
   * The fleet took too long.
   *
   * @param route null while there is none
   */
  RouterException exceeded(Phase phase, Invocation request, @Nullable Route route) {
    return switch (phase) {
      case LOAD -> Errors.modelNotReady(requireNonNull(request.model(), "model"));
      case BODY -> timedOut(route, body);
      case FIRST_BYTE -> timedOut(route, request.timeouts().firstByte());
      case STREAM -> timedOut(route, request.timeouts().stream());
      case NONE, IDLE, HEAD, LINGER ->
          throw new IllegalStateException("no deadline in phase " + phase);
    };
  }

  private static ModelError timedOut(@Nullable Route route, Duration limit) {
    return ModelError.timedOut(requireNonNull(route, "route").variant(), limit);
  }
}
