package io.sessionrouter.container;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import io.sessionrouter.tls.InstanceClients;
import io.sessionrouter.tls.InstanceTls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;

/**
 * Asks containers to close sessions, on the router's own account: with few connections, a short
 * queue, and an event loop of its own choice.
 */
public final class CloseCalls {
  private static final long TIMEOUT_MILLIS = Duration.ofSeconds(10).toMillis();
  private static final int CONNECTIONS_PER_INSTANCE = 8;
  private static final int MAX_BODY = 64 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final InstanceClients clients;

  public CloseCalls(Vertx vertx, InstanceTls tls) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(1000)
            .setKeepAliveTimeout(4)
            .setMaxHeaderSize(32 * 1024);
    this.vertx = vertx;
    context = vertx.getOrCreateContext();
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
   * @return whether the container closed it; fails if it did not answer, or has no time for it now
   */
  public Future<Boolean> close(Instance holder, String path, Session session, String payload) {
    RequestOptions request =
        new RequestOptions()
            .setHost(holder.host())
            .setPort(holder.port())
            .setSsl(holder.tls())
            .setMethod(HttpMethod.POST)
            .setURI(path)
            .putHeader("Content-Type", "application/json")
            .putHeader(RequestHeader.SESSION_ID.headerName(), session.id());
    if (!session.model().isEmpty()) {
      request.putHeader(RequestHeader.TARGET_MODEL.headerName(), session.model());
    }
    Promise<Call.Answer> answer = Promise.promise();
    context.runOnContext(
        loop ->
            Call.ofHead(vertx, clients, TIMEOUT_MILLIS, MAX_BODY)
                .send(holder, request, payload)
                .onComplete(answer));
    return answer.future().compose(head -> closed(head.status()));
  }

  private static Future<Boolean> closed(int status) {
    return status == ContainerContract.TOO_MANY_REQUESTS || status == ContainerContract.UNAVAILABLE
        ? Future.failedFuture("the container answered " + status)
        : Future.succeededFuture(status == ContainerContract.OK);
  }
}
