package io.sessionrouter.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.net.SSLOptions;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * One configuration of the registry in use on one side: the context made of its present
 * certificates.
 *
 * <p>The JDK's own TLS: it needs no native library, and a native image can have it.
 */
final class NamedTls {
  private static final Logger LOG = Logger.getLogger(NamedTls.class);

  /** How one side makes a context of a configuration. */
  interface Side {
    SslContext context(TlsConfiguration configuration) throws Exception;
  }

  private final String name;
  private final TlsConfiguration configuration;
  private final Side side;
  private final long handshakeMillis;
  private volatile SslContext context;
  private volatile Certificates certificates;

  NamedTls(String name, TlsConfiguration configuration, Side side) throws Exception {
    this.name = name;
    this.configuration = configuration;
    this.side = side;
    this.handshakeMillis = handshakeMillis(configuration.getSSLOptions());
    this.certificates = Certificates.of(configuration);
    this.context = side.context(configuration);
  }

  private static long handshakeMillis(SSLOptions options) {
    return options.getSslHandshakeTimeoutUnit().toMillis(options.getSslHandshakeTimeout());
  }

  String name() {
    return name;
  }

  TlsConfiguration configuration() {
    return configuration;
  }

  /**
   * A new connection's handler, with its handshake bounded in time. Does not ask the registry,
   * which may be busy reading files.
   */
  SslHandler handler(Function<SslContext, SslHandler> maker) {
    SslHandler handler = maker.apply(context);
    handler.setHandshakeTimeoutMillis(handshakeMillis);
    return handler;
  }

  /**
   * The registry has read its files again. Always makes a new context: the key may have changed
   * although the certificate did not.
   */
  void renew() {
    try {
      context = side.context(configuration);
      publish(Certificates.of(configuration));
    } catch (Exception unusable) {
      LOG.errorf(
          unusable, "TLS certificates not usable, the former stay in use configuration=%s", name);
    }
  }

  private void publish(Certificates present) {
    if (!present.equals(certificates)) {
      certificates = present;
      LOG.infof("TLS certificates renewed configuration=%s %s", name, present);
    }
  }

  /** Speaks to clients. */
  static SslContext server(TlsConfiguration configuration, ClientAuth clientAuth) throws Exception {
    return context(configuration, false, SelectorFailureBehavior.FATAL_ALERT, clientAuth);
  }

  /** Speaks to instances. */
  static SslContext client(TlsConfiguration configuration) throws Exception {
    return context(configuration, true, SelectorFailureBehavior.NO_ADVERTISE, ClientAuth.NONE);
  }

  private static SslContext context(
      TlsConfiguration configuration,
      boolean client,
      SelectorFailureBehavior nothingInCommon,
      ClientAuth clientAuth)
      throws Exception {
    SSLOptions options = configuration.getSSLOptions();
    Set<String> ciphers = options.getEnabledCipherSuites();
    return new JdkSslContext(
        configuration.createSSLContext(),
        client,
        ciphers.isEmpty() ? null : ciphers,
        IdentityCipherSuiteFilter.INSTANCE,
        http11(nothingInCommon),
        clientAuth,
        options.getEnabledSecureTransportProtocols().toArray(String[]::new),
        false);
  }

  private static ApplicationProtocolConfig http11(SelectorFailureBehavior nothingInCommon) {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        nothingInCommon,
        SelectedListenerFailureBehavior.ACCEPT,
        ApplicationProtocolNames.HTTP_1_1);
  }
}
