package io.sessionrouter.tls;

import io.netty.channel.EventLoop;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.sessionrouter.domain.Instance;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x clients for what the router asks instances on its own account: one for all that speak
 * plain HTTP, and one for each TLS configuration.
 */
public final class InstanceClients {
  private static final Logger LOG = Logger.getLogger(InstanceClients.class);

  private final Vertx vertx;
  private final InstanceAddresses addresses;
  private final InstanceTls tls;
  private final HttpClientOptions options;
  private final Function<HttpClientOptions, HttpClient> maker;
  private final HttpClient plain;
  private final Map<String, HttpClient> secure = new ConcurrentHashMap<>();

  /**
   * @param options without TLS
   */
  public InstanceClients(
      Vertx vertx,
      InstanceTls tls,
      HttpClientOptions options,
      Function<HttpClientOptions, HttpClient> maker) {
    this.vertx = vertx;
    this.addresses = new InstanceAddresses(((VertxInternal) vertx).nettyAddressResolverGroup());
    this.tls = tls;
    this.options = options;
    this.maker = maker;
    this.plain = maker.apply(options);
    tls.add(this);
  }

  /**
   * Begins a request, over whichever of the addresses of the instance's name is reached first; each
   * has its share of the connect timeout.
   */
  public Future<HttpClientRequest> request(Instance instance, RequestOptions request) {
    HttpClient client = to(instance);
    if (InstanceAddresses.literal(instance.host()) != null) {
      return client.request(request);
    }
    Promise<HttpClientRequest> begun = Promise.promise();
    EventLoop loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
    addresses
        .find(loop, instance.host(), instance.port())
        .addListener(
            (io.netty.util.concurrent.Future<List<InetSocketAddress>> found) -> {
              if (found.isSuccess()) {
                List<InetSocketAddress> all = found.getNow();
                long share = Math.max(1, connectMillis(request) / all.size());
                tryNext(client, request, share, new ArrayDeque<>(all), null, begun);
              } else {
                begun.fail(found.cause());
              }
            });
    return begun.future();
  }

  private long connectMillis(RequestOptions request) {
    return request.getConnectTimeout() > 0
        ? request.getConnectTimeout()
        : options.getConnectTimeout();
  }

  private static void tryNext(
      HttpClient client,
      RequestOptions request,
      long millis,
      Queue<InetSocketAddress> untried,
      @Nullable Throwable worst,
      Promise<HttpClientRequest> begun) {
    InetSocketAddress address = untried.remove();
    RequestOptions there =
        new RequestOptions(request)
            .setConnectTimeout(millis)
            .setServer(
                SocketAddress.inetSocketAddress(
                    address.getPort(), address.getAddress().getHostAddress()));
    client
        .request(there)
        .onSuccess(begun::complete)
        .onFailure(
            why -> {
              Throwable judged = InstanceAddresses.moreInformative(worst, why);
              if (untried.isEmpty()) {
                begun.fail(judged);
              } else {
                tryNext(client, request, millis, untried, judged, begun);
              }
            });
  }

  /** The one that reaches the instance. */
  HttpClient to(Instance instance) {
    return instance.tls() ? secure(tls.of(instance.endpoint())) : plain;
  }

  private HttpClient secure(NamedTls named) {
    HttpClient known = secure.get(named.name());
    return known != null ? known : secure.computeIfAbsent(named.name(), n -> make(named));
  }

  private HttpClient make(NamedTls named) {
    HttpClientOptions with = new HttpClientOptions(options);
    TlsConfigUtils.configure(with, named.configuration());
    return maker.apply(with);
  }

  void renew(NamedTls named) {
    HttpClient client = secure.get(named.name());
    if (client != null) {
      client
          .updateSSLOptions(named.configuration().getSSLOptions(), true)
          .onFailure(
              e -> LOG.errorf(e, "TLS certificates not usable configuration=%s", named.name()));
    }
  }

  public void close() {
    tls.remove(this);
    plain.close();
    secure.values().forEach(HttpClient::close);
  }
}
