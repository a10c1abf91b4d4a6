package io.sessionrouter.container.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** The way back to a client: sends one answer, with the headers that every answer has. */
final class Response {
  /** Some hundred tokens; more would only hide a slow reader from the engine. */
  private static final int WRITE_QUEUE = 32 * 1024;

  private final RoutingContext context;
  private final Identity identity;

  Response(RoutingContext context, Identity identity) {
    this.context = context;
    this.identity = identity;
  }

  /** Sends it; whether the client was still there. */
  boolean send(Answer answer) {
    HttpServerResponse response = context.response();
    if (!open()) {
      return false;
    }
    response.setStatusCode(answer.status());
    identity.addTo(response.headers());
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    answer.headers().forEach(response::putHeader);
    // Who reads line by line, as AWS's examples do, finds an end.
    response.end(Buffer.buffer(answer.body() + "\n"));
    return true;
  }

  private boolean open() {
    return !context.response().ended() && !context.response().closed();
  }

  /** Prepares a body of unknown length; it goes out with its first piece. */
  void begin(String contentType, Map<String, String> headers, Runnable onDrained) {
    HttpServerResponse response = context.response();
    response.setChunked(true);
    identity.addTo(response.headers());
    response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
    headers.forEach(response::putHeader);
    response.setWriteQueueMaxSize(WRITE_QUEUE);
    response.drainHandler(drained -> onDrained.run());
  }

  /** Writes a piece of the body; at once, because a reader waits for it. */
  void write(Buffer piece) {
    if (open()) {
      context.response().write(piece);
    }
  }

  /** Whether the client reads slower than pieces are written. */
  boolean full() {
    return context.response().writeQueueFull();
  }

  /** Writes the last piece; complete when all of the body has left. */
  Future<Void> end(Buffer piece) {
    return open() ? context.response().end(piece) : Future.succeededFuture();
  }

  /** Breaks the connection, so that nobody takes what was sent for the whole. */
  void reset() {
    context.response().reset();
  }

  /** Sends it before the whole request was read, and closes the connection for the rest's sake. */
  void refuse(Answer answer) {
    context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    send(answer);
  }

  /** Whether all of an answer has been written. */
  boolean sent() {
    return context.response().ended();
  }
}
