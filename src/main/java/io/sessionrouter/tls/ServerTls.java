package io.sessionrouter.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.tls.TlsConfigurationRegistry;

/** The router's TLS towards clients. */
public final class ServerTls {
  private static final String KEY = "session-router.http.tls-configuration-name";

  private final NamedTls named;

  private ServerTls(NamedTls named) {
    this.named = named;
  }

  static ServerTls of(String name, boolean clientAuth, TlsConfigurationRegistry registry) {
    Named named = Named.find(KEY, name, registry);
    named.require(named.configuration().getKeyStore() != null, "key-store", ".*");
    named.refuse(named.configuration().usesSni(), "key-store.sni");
    if (clientAuth) {
      named.require(
          named.configuration().getTrustStore() != null,
          "trust-store",
          ".*, since session-router.http.client-auth is required");
    }
    ClientAuth asked = clientAuth ? ClientAuth.REQUIRE : ClientAuth.NONE;
    return new ServerTls(named.on(present -> NamedTls.server(present, asked)));
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
