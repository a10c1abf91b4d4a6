package io.sessionrouter.container;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceClients;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call to a container on the router's own account, bounded in time and in what is read of the
 * answer; used on one event loop.
 *
 * <p>Whoever makes a call shares nothing with the data path: Vert.x' client is good enough here.
 */
final class Call {
  private final Vertx vertx;
  private final InstanceClients clients;
  private final long timeoutMillis;
  private final int maxBody;
  private final boolean whole;
  private final Promise<Answer> answer = Promise.promise();
  private final Buffer body = Buffer.buffer();
  private @Nullable HttpClientRequest request;
  private long timer;
  private int read;

  /**
   * What a container answered.
   *
   * @param body empty where the head decides
   */
  record Answer(int status, MultiMap headers, Buffer body) {}

  private Call(
      Vertx vertx, InstanceClients clients, long timeoutMillis, int maxBody, boolean whole) {
    this.vertx = vertx;
    this.clients = clients;
    this.timeoutMillis = Math.max(1, timeoutMillis);
    this.maxBody = maxBody;
    this.whole = whole;
  }

  /**
   * A call whose answer is complete with its head. The body is read and dropped, so that the
   * connection can serve again; one that is too long or too slow costs the connection.
   */
  static Call ofHead(Vertx vertx, InstanceClients clients, long timeoutMillis, int maxBody) {
    return new Call(vertx, clients, timeoutMillis, maxBody, false);
  }

  /** A call whose answer is complete with its body, and fails if that is too long. */
  static Call ofWhole(Vertx vertx, InstanceClients clients, long timeoutMillis, int maxBody) {
    return new Call(vertx, clients, timeoutMillis, maxBody, true);
  }

  /**
   * Sends a request with a payload, once.
   *
   * @return fails with {@link Unreachable} if nothing was sent, with {@link TimeoutException} if
   *     the container does not answer in time, and otherwise if it broke off
   */
  Future<Answer> send(Instance to, RequestOptions options, String payload) {
    timer = vertx.setTimer(timeoutMillis, late -> expire());
    clients
        .request(to, options)
        .onSuccess(opened -> send(opened, payload))
        .onFailure(why -> fail(new Unreachable(why)));
    return answer.future();
  }

  private void send(HttpClientRequest opened, String payload) {
    request = opened;
    if (answer.future().isComplete()) {
      opened.reset();
      return;
    }
    (payload.isEmpty() ? opened.send() : opened.send(payload))
        .onSuccess(this::receive)
        .onFailure(this::fail);
  }

  private void receive(HttpClientResponse response) {
    response.handler(part -> take(response, part));
    response.exceptionHandler(this::fail);
    response.endHandler(end -> complete(response));
    if (!whole) {
      answer.tryComplete(answer(response));
    }
  }

  private void take(HttpClientResponse response, Buffer part) {
    read += part.length();
    if (read > maxBody) {
      fail(new IllegalStateException("an answer of more than " + maxBody + " bytes"));
      response.request().reset();
    } else if (whole) {
      body.appendBuffer(part);
    }
  }

  private void complete(HttpClientResponse response) {
    vertx.cancelTimer(timer);
    answer.tryComplete(answer(response));
  }

  private Answer answer(HttpClientResponse response) {
    return new Answer(response.statusCode(), response.headers(), body);
  }

  private void fail(Throwable why) {
    vertx.cancelTimer(timer);
    answer.tryFail(why);
  }

  private void expire() {
    answer.tryFail(new TimeoutException("no answer within " + timeoutMillis + "ms"));
    if (request != null) {
      request.reset();
    }
  }
}
