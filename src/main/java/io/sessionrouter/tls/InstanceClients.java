package io.sessionrouter.tls;

import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.sessionrouter.domain.Instance;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Vert.x clients for what the router asks instances on its own account: one for all that speak
 * plain HTTP, and one for each TLS configuration.
 */
public final class InstanceClients {
  private static final Logger LOG = Logger.getLogger(InstanceClients.class);

  private final InstanceTls tls;
  private final HttpClientOptions options;
  private final Function<HttpClientOptions, HttpClient> maker;
  private final HttpClient plain;
  private final Map<String, HttpClient> secure = new ConcurrentHashMap<>();

  /**
   * @param options without TLS
   */
  public InstanceClients(
      InstanceTls tls, HttpClientOptions options, Function<HttpClientOptions, HttpClient> maker) {
    this.tls = tls;
    this.options = options;
    this.maker = maker;
    this.plain = maker.apply(options);
    tls.add(this);
  }

  /** The one that reaches the instance. */
  public HttpClient to(Instance instance) {
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
