package io.sessionrouter.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.Room;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** The router's TLS towards instances: each endpoint has its configuration. */
public final class InstanceTls implements EndpointFollower {
  private static final String NO_VERIFICATION = "NONE";

  private final TlsConfigurationRegistry registry;
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final Map<String, NamedTls> used = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<InstanceClients> clients = new CopyOnWriteArrayList<>();

  private InstanceTls(TlsConfigurationRegistry registry) {
    this.registry = registry;
  }

  static InstanceTls of(EndpointCatalog catalog, TlsConfigurationRegistry registry) {
    InstanceTls tls = new InstanceTls(registry);
    catalog.follow(Room.TLS, tls);
    return tls;
  }

  /** For configured instances at once; for discovered ones when the first is used. */
  @Override
  public void check(EndpointSettings endpoint) {
    if (speaksTls(endpoint)) {
      var _ = named(endpoint.name(), endpoint.tlsConfigurationName());
    }
  }

  private static boolean speaksTls(EndpointSettings endpoint) {
    return endpoint.variants().stream()
        .flatMap(variant -> variant.instances().stream())
        .anyMatch(url -> "https".equalsIgnoreCase(url.getScheme()));
  }

  @Override
  public void added(Endpoint endpoint) {
    names.put(endpoint.name(), endpoint.settings().tlsConfigurationName());
  }

  @Override
  public void changed(Endpoint endpoint) {
    added(endpoint);
  }

  /** The clients stay: there are as many as the registry has configurations. */
  @Override
  public void removed(String endpoint) {
    names.remove(endpoint);
  }

  /** For one connection: names the instance's host to it, and checks that its certificate does. */
  public SslHandler newHandler(ByteBufAllocator allocator, Instance to) {
    NamedTls named = of(to.endpoint());
    SslHandler handler = named.handler(context -> handler(context, allocator, to));
    String algorithm = named.configuration().getHostnameVerificationAlgorithm().orElse("HTTPS");
    verify(handler.engine(), algorithm.equals(NO_VERIFICATION) ? "" : algorithm);
    return handler;
  }

  private static SslHandler handler(SslContext context, ByteBufAllocator allocator, Instance to) {
    return context.newHandler(allocator, to.host(), to.port());
  }

  private static void verify(SSLEngine engine, String algorithm) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(algorithm);
    engine.setSSLParameters(parameters);
  }

  NamedTls of(String endpoint) {
    return named(endpoint, Objects.requireNonNull(names.get(endpoint), "no such endpoint"));
  }

  private NamedTls named(String endpoint, String name) {
    NamedTls known = used.get(name);
    return known != null ? known : used.computeIfAbsent(name, n -> make(endpoint, n));
  }

  private NamedTls make(String endpoint, String name) {
    String key = "session-router.endpoints." + endpoint + ".tls-configuration-name";
    return Named.find(key, name, registry).on(NamedTls::client);
  }

  /** From now on these follow the registry, too. */
  void add(InstanceClients added) {
    clients.add(added);
  }

  void remove(InstanceClients closed) {
    clients.remove(closed);
  }

  void renew(String name) {
    NamedTls named = used.get(name);
    if (named != null) {
      named.renew();
      clients.forEach(each -> each.renew(named));
    }
  }
}
