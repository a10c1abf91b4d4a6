package io.sessionrouter.container.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sessionrouter.container.config.TestConfig;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FetcherTest {
  private static final byte[] CONTENT = new byte[100_000];
  private static final int LIMIT = 200_000;

  @TempDir Path temp;

  private final AtomicLong announced = new AtomicLong(-1);
  private final CountDownLatch released = new CountDownLatch(1);
  private HttpServer server;
  private Fetcher fetcher = fetcher(Duration.ofSeconds(30));

  private static Fetcher fetcher(Duration timeout) {
    return new Fetcher(TestConfig.of(Map.of()).s3(), LIMIT, timeout);
  }

  /** What the server does with a request. */
  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    fetcher.close();
    server.stop(0);
  }

  @Test
  void aFileOfAWebServerComesHere() throws Exception {
    on("/a.tar.gz", FetcherTest::content);

    Path file = fetch(url("/a.tar.gz"));

    assertThat(file).isEqualTo(target()).hasBinaryContent(CONTENT);
    assertThat(announced).hasValue(CONTENT.length);
  }

  @Test
  void aFileOfUnknownSizeComesHereToo() throws Exception {
    on("/a.tar.gz", exchange -> send(exchange, 0));

    assertThat(fetch(url("/a.tar.gz"))).hasBinaryContent(CONTENT);
    assertThat(announced).hasValue(-1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsOfTheSameHostAreFollowed(int status) throws Exception {
    on("/a.tar.gz", exchange -> redirect(exchange, status, "/b.tar.gz"));
    on("/b.tar.gz", FetcherTest::content);

    assertThat(fetch(url("/a.tar.gz"))).hasBinaryContent(CONTENT);
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:9/b, another host",
    "http://169.254.169.254/latest, another host",
    "file:///etc/passwd, another host",
    "ftp://127.0.0.1/b, another host",
    "http://user@127.0.0.1/b, invalid redirect",
    "/a.tar.gz, more than 5 redirects"
  })
  void unsafeRedirectsAreNotFollowed(String location, String message) {
    on("/a.tar.gz", exchange -> redirect(exchange, 302, location));

    assertRefused(url("/a.tar.gz"), Fault.ARTIFACT_UNREACHABLE, message);
  }

  @ParameterizedTest
  @CsvSource({
    "404, ARTIFACT_NOT_FOUND, there is nothing at",
    "410, ARTIFACT_NOT_FOUND, there is nothing at",
    "403, ARTIFACT_UNREACHABLE, answered 403",
    "500, ARTIFACT_UNREACHABLE, answered 500",
    "206, ARTIFACT_UNREACHABLE, answered 206"
  })
  void answersWithoutTheFileAreTold(int status, Fault fault, String message) {
    on("/a.tar.gz", exchange -> exchange.sendResponseHeaders(status, -1));

    assertRefused(url("/a.tar.gz?sig=secret"), fault, message);
  }

  @Test
  void whatIsAnnouncedTooLargeIsNotFetched() {
    on("/a.tar.gz", exchange -> send(exchange, LIMIT + 1));

    assertRefused(url("/a.tar.gz"), Fault.ARTIFACT_TOO_LARGE, "model.multi.max-artifact");
    assertThat(target()).doesNotExist();
  }

  @Test
  void whatTurnsOutTooLargeIsGivenUp() {
    on(
        "/a.tar.gz",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          while (released.getCount() > 0) {
            exchange.getResponseBody().write(CONTENT);
          }
        });

    assertRefused(url("/a.tar.gz"), Fault.ARTIFACT_TOO_LARGE, "model.multi.max-artifact");
  }

  @Test
  void whoIsToldTheSizeMayRefuse() {
    on("/a.tar.gz", FetcherTest::content);

    assertThatThrownBy(
            () ->
                fetcher.fetch(
                    ArtifactUrl.parse(url("/a.tar.gz"), List.of()),
                    target(),
                    size -> {
                      throw Fault.OUT_OF_MODEL_MEMORY.because("no room for %d", size);
                    }))
        .hasMessage("no room for 100000");
    assertThat(target()).doesNotExist();
  }

  @Test
  void aConnectionThatBreaksIsTold() {
    on("/a.tar.gz", FetcherTest::cutShort);

    assertRefused(url("/a.tar.gz"), Fault.ARTIFACT_UNREACHABLE, "cannot be fetched");
  }

  @Test
  void aServerThatIsNotThereIsTold() {
    String url = url("/a.tar.gz");
    server.stop(0);

    assertRefused(url, Fault.ARTIFACT_UNREACHABLE, "cannot be fetched");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerThatStallsIsGivenUp(boolean afterHead) {
    fetcher.close();
    fetcher = fetcher(Duration.ofMillis(300));
    on("/a.tar.gz", exchange -> stall(exchange, afterHead));

    assertRefused(url("/a.tar.gz"), Fault.ARTIFACT_TIMEOUT, "was not here within PT0.3S");
  }

  @Test
  void anInterruptEndsAFetchThatStalls() throws Exception {
    var arrived = new CountDownLatch(1);
    on(
        "/a.tar.gz",
        exchange -> {
          arrived.countDown();
          stall(exchange, true);
        });
    var failure = new AtomicReference<Exception>();
    Thread fetching = Thread.ofPlatform().start(() -> failure.set(failure(url("/a.tar.gz"))));
    arrived.await();

    fetching.interrupt();

    await().until(() -> failure.get() instanceof InterruptedException);
  }

  private Exception failure(String url) {
    try {
      fetch(url);
      return new IllegalStateException("it was fetched");
    } catch (Exception failed) {
      return failed;
    }
  }

  @Test
  void aFileOfThisMachineStaysWhereItIs() throws Exception {
    Path file = Files.write(temp.resolve("model.tar.gz"), CONTENT);

    assertThat(fetch(file.toUri().toString())).isEqualTo(file);
    assertThat(fetch(file.toString())).isEqualTo(file);
    assertThat(fetch(temp.toString())).as("a folder").isEqualTo(temp);
    assertThat(announced).hasValue(CONTENT.length);
  }

  @Test
  void aFileOfThisMachineMayBeMissingOrTooLarge() throws IOException {
    Path large = Files.write(temp.resolve("large.tar.gz"), new byte[LIMIT + 1]);

    assertRefused(temp.resolve("no.tar.gz").toString(), Fault.ARTIFACT_NOT_FOUND, "nothing at");
    assertRefused(large.toString(), Fault.ARTIFACT_TOO_LARGE, "model.multi.max-artifact");
  }

  private static void content(HttpExchange exchange) throws IOException {
    send(exchange, CONTENT.length);
  }

  private static void send(HttpExchange exchange, long length) throws IOException {
    exchange.sendResponseHeaders(200, length);
    exchange.getResponseBody().write(CONTENT);
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private static void redirect(HttpExchange exchange, int status, String to) throws IOException {
    exchange.getResponseHeaders().set("Location", to);
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  /** Closing before all is sent breaks the connection. */
  private static void cutShort(HttpExchange exchange) throws IOException {
    send(exchange, CONTENT.length + 1L);
  }

  private void stall(HttpExchange exchange, boolean afterHead) throws IOException {
    if (afterHead) {
      exchange.sendResponseHeaders(200, CONTENT.length);
      exchange.getResponseBody().write(CONTENT, 0, 1000);
      exchange.getResponseBody().flush();
    }
    try {
      released.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void on(String path, Handler handler) {
    server.createContext(path, handler::handle);
  }

  private String url(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  private Path target() {
    return temp.resolve("target");
  }

  private Path fetch(String url) throws InterruptedException {
    return fetcher.fetch(ArtifactUrl.parse(url, List.of()), target(), announced::set);
  }

  private void assertRefused(String url, Fault fault, String message) {
    assertThatThrownBy(() -> fetch(url))
        .isInstanceOfSatisfying(
            FaultException.class, failed -> assertThat(failed.fault()).isEqualTo(fault))
        .hasMessageContaining(message)
        .message()
        .doesNotContain("secret");
  }
}
