package io.sessionrouter.container;

import io.netty.channel.ConnectTimeoutException;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.tls.InstanceClients;
import io.sessionrouter.tls.InstanceTls;
import io.sessionrouter.tls.TlsFault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Asks instances whether they are healthy, each time over a new connection: one kept open would not
 * show that nothing listens any more.
 */
public final class Pinger {
  private static final Logger LOG = Logger.getLogger(Pinger.class);
  private static final int MAX_BODY = 4 * 1024;

  private final Vertx vertx;
  private final InstanceClients clients;

  public Pinger(Vertx vertx, InstanceTls tls) {
    this.vertx = vertx;
    this.clients =
        new InstanceClients(
            vertx,
            tls,
            new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_1_1).setKeepAlive(false),
            this::client);
  }

  private HttpClient client(HttpClientOptions options) {
    return vertx
        .httpClientBuilder()
        .with(options)
        .withConnectHandler(Pinger::leaveBreaksToTheCheck)
        .build();
  }

  /** Asks once. Never fails, and is answered after the timeout at the latest. */
  public Future<CheckResult> check(Instance instance, HealthSettings health) {
    long timeout = health.timeout().toMillis();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(instance.host())
            .setPort(instance.port())
            .setSsl(instance.tls())
            .setURI(health.path())
            .setConnectTimeout(timeout)
            .putHeader("User-Agent", "session-router");
    return Call.ofHead(vertx, clients, timeout, MAX_BODY)
        .send(instance, options, "")
        .map(PingAnswer::judge)
        .otherwise(Pinger::failure);
  }

  public void close() {
    clients.close();
  }

  /** Otherwise Vert.x logs each of them as an error. */
  private static void leaveBreaksToTheCheck(HttpConnection connection) {
    connection.exceptionHandler(broken -> LOG.debugf("health check broken reason=\"%s\"", broken));
  }

  /** What a failed attempt means; only a refused connection says that nothing listens. */
  static CheckResult failure(Throwable failure) {
    if (failure instanceof TimeoutException) {
      return new CheckResult.Failed(String.valueOf(failure.getMessage()));
    }
    Throwable cause = failure instanceof Unreachable unreachable ? unreachable.why() : failure;
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (isRefusal(t)) {
        return new CheckResult.Refused();
      }
    }
    String tls = TlsFault.of(cause);
    return new CheckResult.Failed(
        tls != null ? tls : cause.getClass().getSimpleName() + ": " + cause.getMessage());
  }

  /** The epoll transport distinguishes other connect failures by their text only. */
  private static boolean isRefusal(Throwable t) {
    return t instanceof ConnectException
        && !(t instanceof ConnectTimeoutException)
        && String.valueOf(t.getMessage()).contains("Connection refused");
  }
}
