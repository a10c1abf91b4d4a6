package io.sessionrouter.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** The router's TLS towards instances: each endpoint has its configuration. */
public final class InstanceTls {
  private static final String NO_VERIFICATION = "NONE";

  private final Map<String, String> names;
  private final Function<String, Named> registry;
  private final Map<String, NamedTls> used = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<InstanceClients> clients = new CopyOnWriteArrayList<>();

  private InstanceTls(Map<String, String> names, Function<String, Named> registry) {
    this.names = names;
    this.registry = registry;
  }

  static InstanceTls of(EndpointCatalog catalog, TlsConfigurationRegistry registry) {
    Map<String, String> names =
        catalog.all().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    EndpointSettings::name, EndpointSettings::tlsConfigurationName));
    InstanceTls tls =
        new InstanceTls(
            names, endpoint -> Named.find(key(endpoint), name(names, endpoint), registry));
    catalog.all().stream()
        .filter(InstanceTls::speaksTls)
        .forEach(endpoint -> tls.of(endpoint.name()));
    return tls;
  }

  private static String key(String endpoint) {
    return "session-router.endpoints." + endpoint + ".tls-configuration-name";
  }

  private static String name(Map<String, String> names, String endpoint) {
    return Objects.requireNonNull(names.get(endpoint), "no such endpoint");
  }

  private static boolean speaksTls(EndpointSettings endpoint) {
    return endpoint.variants().stream()
        .flatMap(variant -> variant.instances().stream())
        .anyMatch(url -> "https".equalsIgnoreCase(url.getScheme()));
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

  /** Made at start for configured instances; for discovered ones when the first is used. */
  NamedTls of(String endpoint) {
    String name = name(names, endpoint);
    NamedTls known = used.get(name);
    return known != null
        ? known
        : used.computeIfAbsent(name, n -> registry.apply(endpoint).on(NamedTls::client));
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
