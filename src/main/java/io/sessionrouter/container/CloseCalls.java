package io.sessionrouter.container;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import io.sessionrouter.tls.InstanceClients;
import io.sessionrouter.tls.InstanceTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;

/**
 * Asks containers to close sessions, on the router's own account.
 *
 * <p>Not the data path: Vert.x' client does, with few connections and a short queue.
 */
public final class CloseCalls {
  private static final long TIMEOUT_MILLIS = Duration.ofSeconds(10).toMillis();
  private static final int CONNECTIONS_PER_INSTANCE = 8;

  private final Vertx vertx;
  private final InstanceClients clients;

  public CloseCalls(Vertx vertx, InstanceTls tls) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(1000)
            .setKeepAliveTimeout(4)
            .setMaxHeaderSize(32 * 1024);
    this.vertx = vertx;
    clients = new InstanceClients(vertx, tls, options, with -> client(vertx, with));
  }

  private static HttpClient client(Vertx vertx, HttpClientOptions options) {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_INSTANCE).setMaxWaitQueueSize(256))
        .build();
  }

  /**
   * Closes a session on its container.
   *
   * @param path of the container's invocations
   * @return whether the container said yes; fails if it did not answer, or has no time for it now
   */
  public Future<Boolean> close(Instance holder, String path, Session session, String payload) {
    return clients
        .request(
            holder,
            new RequestOptions()
                .setHost(holder.host())
                .setPort(holder.port())
                .setSsl(holder.tls())
                .setMethod(HttpMethod.POST)
                .setURI(path)
                .setTimeout(TIMEOUT_MILLIS))
        .compose(request -> send(request, session, payload));
  }

  private Future<Boolean> send(HttpClientRequest request, Session session, String payload) {
    if (!session.model().isEmpty()) {
      request.putHeader(RequestHeader.TARGET_MODEL.headerName(), session.model());
    }
    return request
        .putHeader("Content-Type", "application/json")
        .putHeader(RequestHeader.SESSION_ID.headerName(), session.id())
        .send(payload)
        .compose(
            answer -> {
              new Leftover(vertx, answer);
              return closed(answer.statusCode());
            });
  }

  private static Future<Boolean> closed(int status) {
    return status == ContainerContract.TOO_MANY_REQUESTS || status == ContainerContract.UNAVAILABLE
        ? Future.failedFuture("the container answered " + status)
        : Future.succeededFuture(status == ContainerContract.OK);
  }

  /** The rest of an answer that has said what it is asked for: read, but not for ever. */
  private static final class Leftover {
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final Vertx vertx;
    private final HttpClientResponse answer;
    private final long timer;
    private int read;

    Leftover(Vertx vertx, HttpClientResponse answer) {
      this.vertx = vertx;
      this.answer = answer;
      this.timer = vertx.setTimer(TIMEOUT_MILLIS, late -> answer.request().reset());
      answer.exceptionHandler(broken -> vertx.cancelTimer(timer));
      answer.endHandler(end -> vertx.cancelTimer(timer));
      answer.handler(part -> drop(part.length()));
    }

    private void drop(int bytes) {
      read += bytes;
      if (read > MAX_BODY_BYTES) {
        vertx.cancelTimer(timer);
        answer.request().reset();
      }
    }
  }
}
