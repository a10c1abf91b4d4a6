package io.sessionrouter.container;

import static io.sessionrouter.fleet.Endpoints.TLS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestIdentity;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.testing.TestTls;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Health checks over TLS: what an operator reads when an instance is not trusted. */
@Tag("slow")
class PingerTlsTest {
  private static final HealthSettings HEALTH =
      new HealthSettings("/ping", Duration.ofSeconds(1), Duration.ofSeconds(20));
  private static Vertx vertx;
  private HttpsServer server;

  @BeforeAll
  static void startVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopVertx() {
    vertx.close();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
  }

  private Instance instance(TestIdentity identity) throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(TestTls.trusting(TestCa.OURS).as(identity).createSSLContext()));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/ping",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return Instance.at(
        "chat", "main", URI.create("https://127.0.0.1:" + server.getAddress().getPort()));
  }

  private static CheckResult check(Instance instance, TestTls trust) throws Exception {
    EndpointCatalog catalog =
        Endpoints.catalog(Endpoints.endpoint(null, Endpoints.variant("main", 1, 1)));
    Tls tls = new Tls(ServerTlsSettings.NONE, catalog, new TestRegistry(Map.of(TLS, trust)));
    Pinger pinger = new Pinger(vertx, tls.instances());
    try {
      return pinger
          .check(instance, HEALTH)
          .toCompletionStage()
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    } finally {
      pinger.close();
    }
  }

  private static TestTls ours() {
    return TestTls.trusting(TestCa.OURS);
  }

  @Test
  void passesIfTheInstanceIsTrusted() throws Exception {
    Instance instance = instance(TestCa.OURS.identity("127.0.0.1"));

    assertThat(check(instance, ours())).isEqualTo(new CheckResult.Passed("", false));
  }

  @Test
  void saysThatACertificateIsNotTrusted() throws Exception {
    Instance instance = instance(TestCa.STRANGERS.identity("127.0.0.1"));

    assertThat(check(instance, ours()))
        .isInstanceOfSatisfying(
            CheckResult.Failed.class,
            f ->
                assertThat(f.reason())
                    .startsWith("certificate not trusted: ")
                    .contains("unable to find valid certification path"));
  }

  @Test
  void saysThatACertificateIsAnothers() throws Exception {
    Instance instance = instance(TestCa.OURS.identity("127.0.0.2"));

    assertThat(check(instance, ours()))
        .isEqualTo(
            new CheckResult.Failed(
                "certificate not trusted: No subject alternative names matching IP address"
                    + " 127.0.0.1 found"));
  }

  @Test
  void doesNotCheckNamesIfSoConfigured() throws Exception {
    Instance instance = instance(TestCa.OURS.identity("elsewhere.example"));

    assertThat(check(instance, ours().verifying("NONE")))
        .isEqualTo(new CheckResult.Passed("", false));
  }

  @Test
  void saysThatAnInstanceSpeaksNoTls() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> refusePlainly(plain));
      Instance instance =
          Instance.at("chat", "main", URI.create("https://127.0.0.1:" + plain.getLocalPort()));

      assertThat(check(instance, ours())).isInstanceOf(CheckResult.Failed.class);
    }
  }

  /** As servers do that take the beginning of a handshake for a request. */
  private static void refusePlainly(ServerSocket listener) {
    try (Socket socket = listener.accept()) {
      socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
