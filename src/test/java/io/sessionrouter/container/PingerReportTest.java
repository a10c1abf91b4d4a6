package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container's answer to a check says of it. */
class PingerReportTest {
  private static final HealthSettings HEALTH =
      new HealthSettings("/ping", Duration.ofSeconds(1), Duration.ofSeconds(20));

  private static Vertx vertx;
  private static HttpServer container;
  private static volatile String attributes = "";

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    container = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    container.createContext(
        "/ping",
        exchange -> {
          exchange.getResponseHeaders().set("X-Session-Router-Boot-Id", "boot");
          exchange.getResponseHeaders().set("X-Amzn-SageMaker-Custom-Attributes", attributes);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    container.start();
  }

  @AfterAll
  static void stop() throws Exception {
    container.stop(0);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "instance=chat-2 | chat-2",
        "zone=a; instance=chat-2; rack=7 | chat-2",
        "zone=a,instance=pod/7:x | pod/7:x",
        "noinstance=chat-2 | ''",
        "instance= | ''",
        "zone=a | ''",
      })
  void theContainersNameIsRead(String sent, String name) throws Exception {
    attributes = sent;

    assertThat(check()).isEqualTo(new CheckResult.Passed("boot", name, false));
  }

  private static CheckResult check() throws Exception {
    URI url = URI.create("http://127.0.0.1:" + container.getAddress().getPort());
    EndpointCatalog catalog =
        Endpoints.catalog(Endpoints.endpoint(null, Endpoints.variant("main", 1, 1)));
    Pinger pinger =
        new Pinger(vertx, new Tls(ServerTlsSettings.NONE, catalog, TestRegistry.EMPTY).instances());
    try {
      return pinger
          .check(Instance.at("chat", "main", url), HEALTH)
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } finally {
      pinger.close();
    }
  }
}
