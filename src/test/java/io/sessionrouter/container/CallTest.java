package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.gateway.RawServer;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.tls.InstanceClients;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A call against a server that answers byte by byte as each test writes. */
class CallTest {
  private static final long LONG = 10_000;
  private static final int LIMIT = 8;

  private static Vertx vertx;
  private static InstanceClients clients;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    EndpointCatalog catalog =
        Endpoints.catalog(Endpoints.endpoint(null, Endpoints.variant("main", 1, 1)));
    clients =
        new InstanceClients(
            vertx,
            new Tls(ServerTlsSettings.NONE, catalog, TestRegistry.EMPTY).instances(),
            new HttpClientOptions(),
            options -> vertx.createHttpClient(options));
  }

  @AfterAll
  static void stop() throws Exception {
    clients.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void theWholeAnswerIsItsBodyToo() throws Exception {
    try (RawServer server = answering("200 OK", "Content-Length: 8\r\nX-A: b\r\n", "12345678")) {
      Call.Answer answer = value(whole(server, LONG));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers().get("x-a")).isEqualTo("b");
      assertThat(answer.body().toString()).isEqualTo("12345678");
    }
  }

  @Test
  void aBodyOverTheLimitFailsTheWhole() throws Exception {
    try (RawServer server = answering("200 OK", "Content-Length: 9\r\n", "123456789")) {
      assertThat(failure(whole(server, LONG))).hasMessage("an answer of more than 8 bytes");
    }
  }

  @Test
  void aBodyThatStopsIsNotAwaitedForLongerThanTheTimeout() throws Exception {
    try (RawServer server = answering("200 OK", "Content-Length: 8\r\n", "1234")) {
      assertThat(failure(whole(server, 200)))
          .isInstanceOf(TimeoutException.class)
          .hasMessage("no answer within 200ms");
    }
  }

  @Test
  void anAnswerThatDoesNotComeIsNotAwaitedForLongerThanTheTimeout() throws Exception {
    try (RawServer server = answering("", "", "")) {
      assertThat(failure(head(server, 200))).isInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void whereTheHeadDecidesTheBodyIsNotAwaited() throws Exception {
    try (RawServer server = answering("503 Busy", "Content-Length: 8\r\n", "1234")) {
      Call.Answer answer = value(head(server, LONG));

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body().length()).isZero();
    }
  }

  @Test
  void aConnectionIsKeptIfTheRestOfTheAnswerIsShort() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    AtomicInteger connections = new AtomicInteger();
    try (RawServer server =
        RawServer.plain(
            connection -> {
              connections.incrementAndGet();
              while (connection.readRequest() != null) {
                requests.incrementAndGet();
                connection.write(message("200 OK", "Content-Length: 8\r\n", "12345678"));
              }
            })) {
      value(head(server, LONG));
      await()
          .untilAsserted(
              () -> {
                value(head(server, LONG));
                assertThat(connections).hasValueLessThan(requests.get());
              });
    }
  }

  @Test
  void aRestThatIsLongOrSlowCostsTheConnection() throws Exception {
    for (String body : new String[] {"123456789", "1234"}) {
      AtomicInteger closed = new AtomicInteger();
      try (RawServer server =
          RawServer.plain(
              connection -> {
                connection.readRequest();
                connection.write(message("200 OK", "Content-Length: 100\r\n", body));
                try {
                  connection.readRequest();
                } finally {
                  closed.incrementAndGet();
                }
              })) {
        assertThat(value(head(server, 300)).status()).isEqualTo(200);
        await().untilAtomic(closed, is(1));
      }
    }
  }

  @Test
  void anAnswerThatBreaksOffFailsTheWhole() throws Exception {
    try (RawServer server =
        RawServer.plain(
            connection -> {
              connection.readRequest();
              connection.write(message("200 OK", "Content-Length: 8\r\n", "1234"));
              connection.close();
            })) {
      assertThat(failure(whole(server, LONG)))
          .isNotInstanceOf(TimeoutException.class)
          .isNotInstanceOf(Unreachable.class);
    }
  }

  @Test
  void whereNothingListensNothingWasSent() throws Exception {
    int port;
    try (RawServer server = answering("", "", "")) {
      port = server.port();
    }
    assertThat(failure(send(port, Call.ofHead(vertx, clients, LONG, LIMIT))))
        .isInstanceOf(Unreachable.class);
  }

  /** A server that answers once and then waits for the end of the connection. */
  private static RawServer answering(String status, String headers, String body)
      throws IOException {
    return RawServer.plain(
        connection -> {
          connection.readRequest();
          if (!status.isEmpty()) {
            connection.write(message(status, headers, body));
          }
          connection.readRequest();
        });
  }

  private static String message(String status, String headers, String body) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "\r\n" + body;
  }

  private static Future<Call.Answer> whole(RawServer server, long timeoutMillis) {
    return send(server.port(), Call.ofWhole(vertx, clients, timeoutMillis, LIMIT));
  }

  private static Future<Call.Answer> head(RawServer server, long timeoutMillis) {
    return send(server.port(), Call.ofHead(vertx, clients, timeoutMillis, LIMIT));
  }

  private static Future<Call.Answer> send(int port, Call call) {
    Instance to = Instance.at("chat", "main", URI.create("http://127.0.0.1:" + port));
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(to.host())
            .setPort(to.port())
            .setURI("/");
    Promise<Call.Answer> answer = Promise.promise();
    Context loop = vertx.getOrCreateContext();
    loop.runOnContext(v -> call.send(to, options, "").onComplete(answer));
    return answer.future();
  }

  private static Call.Answer value(Future<Call.Answer> answer) throws Exception {
    return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Throwable failure(Future<Call.Answer> answer) throws Exception {
    Future<Throwable> cause = answer.transform(done -> Future.succeededFuture(done.cause()));
    return cause.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
