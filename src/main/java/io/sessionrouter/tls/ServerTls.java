package io.sessionrouter.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.sessionrouter.domain.Settings;

/** The router's TLS towards clients. */
public final class ServerTls {
  private static final String KEY = "session-router.http.tls-configuration-name";

  private final NamedTls named;

  private ServerTls(NamedTls named) {
    this.named = named;
  }

  static ServerTls of(Settings.Tls settings, TlsConfigurationRegistry registry) {
    Named named = Named.find(KEY, settings.configurationName(), registry);
    named.require(named.configuration().getKeyStore() != null, "key-store", ".*");
    named.refuse(named.configuration().usesSni(), "key-store.sni");
    if (settings.clientAuth()) {
      named.require(
          named.configuration().getTrustStore() != null,
          "trust-store",
          ".*, since session-router.http.client-auth is required");
    }
    ClientAuth clientAuth = settings.clientAuth() ? ClientAuth.REQUIRE : ClientAuth.NONE;
    return new ServerTls(named.on(present -> NamedTls.server(present, clientAuth)));
  }

  /** For one connection; it keeps the certificate of this moment. */
  public SslHandler newHandler(ByteBufAllocator allocator) {
    return named.handler(context -> context.newHandler(allocator));
  }

  void renew(String name) {
    if (named.name().equals(name)) {
      named.renew();
    }
  }
}
