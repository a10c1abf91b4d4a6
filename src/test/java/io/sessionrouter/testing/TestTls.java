package io.sessionrouter.testing;

import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;

/** One TLS configuration of a test: who we are, whom we trust, and sockets that speak so. */
public final class TestTls implements TlsConfiguration {
  private final KeyStore trustStore;
  private volatile KeyStore keyStore;
  private volatile Set<String> protocols = Set.of("TLSv1.2", "TLSv1.3");
  private volatile Duration handshake = Duration.ofSeconds(10);
  private volatile String verification;
  private volatile boolean sni;
  private volatile boolean revocationList;
  private volatile boolean broken;

  private TestTls(KeyStore trustStore) {
    this.trustStore = trustStore;
  }

  public static TestTls trusting(TestCa ca) {
    return new TestTls(ca.trustStore());
  }

  public static TestTls trustingNobody() {
    return new TestTls(null);
  }

  public TestTls as(TestIdentity identity) {
    keyStore = identity.keyStore();
    return this;
  }

  public TestTls only(String protocol) {
    protocols = Set.of(protocol);
    return this;
  }

  public TestTls handshakeWithin(Duration time) {
    handshake = time;
    return this;
  }

  public TestTls verifying(String algorithm) {
    verification = algorithm;
    return this;
  }

  public TestTls withSni() {
    sni = true;
    return this;
  }

  public TestTls withRevocationList() {
    revocationList = true;
    return this;
  }

  /** From now on no context can be made of it. */
  public void breakDown() {
    broken = true;
  }

  /** A port on which a server with these certificates listens. */
  public ServerSocket listen(InetAddress address) throws IOException {
    return context().getServerSocketFactory().createServerSocket(0, 128, address);
  }

  /** A connection, after its handshake. */
  public SSLSocket connect(InetAddress address, int port, String... alpn) throws IOException {
    return connect(new Socket(address, port), alpn);
  }

  /** A connection, after its handshake. */
  public SSLSocket connect(Socket to, String... alpn) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context()
                .getSocketFactory()
                .createSocket(to, to.getInetAddress().getHostAddress(), to.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(protocols.toArray(String[]::new));
    parameters.setApplicationProtocols(alpn);
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(20_000);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  /** The server's end of an accepted connection; closing that does not announce the end. */
  public SSLSocket accept(Socket accepted) throws IOException {
    SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket(accepted, null, true);
    socket.startHandshake();
    return socket;
  }

  private SSLContext context() {
    try {
      return createSSLContext();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public SSLContext createSSLContext() throws GeneralSecurityException {
    if (broken) {
      throw new GeneralSecurityException("broken by the test");
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keyStore == null ? null : keyManagers().getKeyManagers(),
        trustStore == null ? null : trustManagers().getTrustManagers(),
        null);
    return context;
  }

  private KeyManagerFactory keyManagers() throws GeneralSecurityException {
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keyStore, TestIdentity.PASSWORD);
    return factory;
  }

  private TrustManagerFactory trustManagers() throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trustStore);
    return factory;
  }

  @Override
  public SSLOptions getSSLOptions() {
    SSLOptions options = new SSLOptions();
    if (revocationList) {
      options.addCrlValue(Buffer.buffer("a list"));
    }
    return options
        .setKeyCertOptions(getKeyStoreOptions())
        .setTrustOptions(getTrustStoreOptions())
        .setEnabledSecureTransportProtocols(protocols)
        .setSslHandshakeTimeout(handshake.toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
  }

  @Override
  public KeyStore getKeyStore() {
    return keyStore;
  }

  @Override
  public KeyCertOptions getKeyStoreOptions() {
    try {
      return keyStore == null
          ? null
          : KeyCertOptions.wrap((X509KeyManager) keyManagers().getKeyManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public KeyStore getTrustStore() {
    return trustStore;
  }

  @Override
  public TrustOptions getTrustStoreOptions() {
    try {
      return trustStore == null ? null : TrustOptions.wrap(trustManagers().getTrustManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean isTrustAll() {
    return false;
  }

  @Override
  public Optional<String> getHostnameVerificationAlgorithm() {
    return Optional.ofNullable(verification);
  }

  @Override
  public boolean usesSni() {
    return sni;
  }

  @Override
  public boolean reload() {
    return true;
  }
}
