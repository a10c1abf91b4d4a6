package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import io.sessionrouter.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The packaged router with 64 MB of heap: whatever clients try to make it hold without end, it
 * lives, and answers others meanwhile.
 */
class RouterMemoryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 4;
  private static final String HOST = "Host: r\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
  private static final CountDownLatch END = new CountDownLatch(1);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static RedisProcess redis;
  private static ScriptedContainer prompt;
  private static ScriptedContainer silent;
  private static ScriptedContainer endless;
  private static RouterProcess router;
  private static URI management;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    redis = RedisProcess.start();
    prompt = ScriptedContainer.start();
    silent = ScriptedContainer.start();
    endless = ScriptedContainer.start();
    prompt.plays(answer -> answer.write("fine"));
    silent.plays(answer -> END.await());
    String piece = "z".repeat(32 * 1024);
    endless.plays(answer -> answer.writeUntilRefused(piece));
    Map<String, String> settings = RouterSettings.of(redis.url());
    RouterSettings.endpoint("prompt", prompt.url(), settings);
    RouterSettings.endpoint("silent", silent.url(), settings);
    RouterSettings.endpoint("endless", endless.url(), settings);
    router = RouterProcess.start(settings, "64m");
    management = router.management();
    await("healthy").atMost(PATIENCE).until(() -> serves());
    port =
        get(management, "/q/health/ready")
            .getInt("checks.find { it.name == 'data-port' }.data.port");
  }

  private static boolean serves() {
    return Stream.of("prompt", "silent", "endless")
        .map(endpoint -> get(management, "/v1/endpoints/" + endpoint + "/instances"))
        .allMatch(instances -> instances.getList("state").equals(List.of("HEALTHY")));
  }

  private static JsonPath get(URI management, String path) {
    return given().baseUri(management.toString()).get(path).jsonPath();
  }

  @AfterAll
  static void stop() {
    END.countDown();
    router.close();
    endless.close();
    silent.close();
    prompt.close();
    redis.close();
  }

  private static String line(String endpoint) {
    return "POST /endpoints/" + endpoint + "/invocations HTTP/1.1\r\n" + HOST;
  }

  static Stream<Arguments> ways() {
    String fold = "X: " + "x".repeat(7000) + "\r\n";
    return Stream.of(
        Arguments.of("unfinished heads", 150, line("prompt") + fold.repeat(4)),
        Arguments.of("lines of unfinished heads", 150, line("prompt") + "a:\r\n".repeat(7000)),
        Arguments.of("idle connections", 400, ""),
        Arguments.of(
            "requests behind a busy one",
            30,
            line("silent") + "\r\n" + "A / HTTP/1.1\r\n\r\n".repeat(20_000)),
        Arguments.of(
            "chunks of one byte", 30, line("silent") + CHUNKED + "1\r\nx\r\n".repeat(100_000)),
        Arguments.of("requests that wait", 100, line("silent") + fold.repeat(3) + "\r\n"),
        Arguments.of("responses that nobody reads", 8, line("endless") + "\r\n"),
        Arguments.of(
            "event streams that nobody reads",
            8,
            line("endless").replace("invocations", "invocations-response-stream") + "\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void holds(String name, int crowd, String bytes) throws Exception {
    press(port, crowd, bytes);
  }

  static Stream<Arguments> waysOfTheManagementPort() {
    String get = "GET /q/metrics HTTP/1.1\r\n" + HOST.replace(": r", ": localhost");
    return Stream.of(
        Arguments.of("unfinished heads", 150, get + ("X: " + "x".repeat(2000) + "\r\n").repeat(3)),
        Arguments.of("lines of unfinished heads", 150, get + "a:\r\n".repeat(1900)),
        Arguments.of("idle connections", 300, ""),
        Arguments.of("responses that nobody reads", 30, (get + "\r\n").repeat(500)),
        Arguments.of(
            "requests behind a stream",
            30,
            get.replace("/q/metrics", "/v1/live") + "\r\n" + (get + "\r\n").repeat(500)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waysOfTheManagementPort")
  void holdsOnTheManagementPort(String name, int crowd, String bytes) throws Exception {
    press(management.getPort(), crowd, bytes);
  }

  /** More and more of them, and a good client between. */
  private static void press(int to, int crowd, String bytes) throws Exception {
    try (SilentClients greedy = new SilentClients(to, bytes)) {
      for (int round = 0; round < ROUNDS; round++) {
        greedy.grow(crowd);
        requireServed();
      }
    }
  }

  /** A refusal that asks to try again is an answer, too, but not for ever. */
  private static void requireServed() {
    await("a good client is answered")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              assertThat(router.isAlive()).as("the router lives: " + router.errors()).isTrue();
              return invoke().body().equals("fine");
            });
    assertThat(given().baseUri(management.toString()).get("/q/health/live").statusCode())
        .isEqualTo(200);
  }

  private static HttpResponse<String> invoke() throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/endpoints/prompt/invocations"))
            .timeout(Duration.ofSeconds(20))
            .POST(BodyPublishers.ofString("hi"))
            .build(),
        BodyHandlers.ofString());
  }
}
