package io.sessionrouter.container.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** The way back to a client: sends one answer, with the headers that every answer has. */
final class Response {
  private final RoutingContext context;
  private final String bootId;

  Response(RoutingContext context, String bootId) {
    this.context = context;
    this.bootId = bootId;
  }

  /** Sends it; whether the client was still there. */
  boolean send(Answer answer) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return false;
    }
    response.setStatusCode(answer.status());
    response.putHeader(BootId.HEADER, bootId);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    answer.headers().forEach(response::putHeader);
    response.end(Buffer.buffer(answer.body().toString()));
    return true;
  }

  /** Sends it before the whole request was read, and closes the connection for the rest's sake. */
  void refuse(Answer answer) {
    context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    send(answer);
  }

  /** Whether the client has gone away. */
  boolean closed() {
    return context.response().closed();
  }
}
