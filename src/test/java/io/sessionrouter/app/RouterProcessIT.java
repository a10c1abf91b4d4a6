package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;

/** The packaged router as a process: how it begins and ends, and what it leaves behind. */
class RouterProcessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final SdkStreamClients CLIENTS = new SdkStreamClients();
  private static RedisProcess redis;
  private static ScriptedContainer container;
  private static TraceCollector collector;

  @BeforeAll
  static void startSurroundings() throws IOException {
    redis = RedisProcess.start();
    container = ScriptedContainer.start();
    collector = TraceCollector.start();
  }

  @AfterAll
  static void stopSurroundings() {
    CLIENTS.close();
    collector.close();
    container.close();
    redis.close();
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = RouterSettings.of(redis.url());
    RouterSettings.endpoint("script", container.url(), settings);
    settings.put("session-router.tracing.collector", collector.url());
    settings.put("session-router.access-log", "true");
    return settings;
  }

  @Test
  void onSigtermItFinishesItsStreamTellsItsLastSpansAndEndsWithZero() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    container.plays(
        answer -> {
          answer.write("the beginning, ");
          mayEnd.await();
          answer.write("the end");
        });
    try (RouterProcess router = RouterProcess.start(settings())) {
      int port = awaitDataPort(router.management());
      CountDownLatch begun = new CountDownLatch(2);
      StreamReader stream = stream(port, begun);
      begun.await();

      router.signal();
      await("the data port is closed").atMost(PATIENCE).until(() -> !takesConnections(port));
      mayEnd.countDown();

      stream.awaitEnd();
      assertThat(String.join("", stream.parts())).isEqualTo("the beginning, the end");
      assertThat(router.awaitExit()).as("exit code").isZero();
      assertThat(collector.spans()).contains("session-router", "response_stream", "script");
      requireStructured(router.log(), "script");
      assertThat(String.join("\n", router.log())).as("log").doesNotContain("MeterRegistry");
    }
  }

  @Test
  void aSecondSigtermEndsItAtOnce() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    container.plays(
        answer -> {
          answer.write("the beginning");
          mayEnd.await();
        });
    try (RouterProcess router = RouterProcess.start(settings())) {
      int port = awaitDataPort(router.management());
      CountDownLatch begun = new CountDownLatch(2);
      stream(port, begun);
      begun.await();
      router.signal();
      await("the data port is closed").atMost(PATIENCE).until(() -> !takesConnections(port));

      router.signal();

      assertThat(router.awaitExit()).as("exit code").isEqualTo(128 + 15);
    } finally {
      mayEnd.countDown();
    }
  }

  @Test
  void wrongSettingsEndTheStartAndAreNamed() throws Exception {
    Map<String, String> settings = settings();
    settings.put("session-router.endpoints.script.timeouts.stream", "0s");
    settings.put("session-router.drain.timeout", "0s");

    try (RouterProcess router = RouterProcess.start(settings)) {
      assertThat(router.awaitExit()).as("exit code").isEqualTo(1);
      assertThat(router.errors())
          .contains(
              "session-router.endpoints.script.timeouts.stream: 0s",
              "session-router.drain.timeout: 0s");
    }
  }

  @Test
  void unknownKeysEndTheStartAndAreNamed() throws Exception {
    Map<String, String> settings = settings();
    settings.put("session-router.htttp.port", "1");
    settings.put("session-router.endpoints.script.timeouts.steam", "1s");

    try (RouterProcess router = RouterProcess.start(settings)) {
      assertThat(router.awaitExit()).as("exit code").isEqualTo(1);
      assertThat(router.errors() + router.log())
          .contains("session-router.htttp.port", "session-router.endpoints.script.timeouts.steam");
    }
  }

  private static StreamReader stream(int port, CountDownLatch begun) {
    StreamReader reader = new StreamReader(begun::countDown);
    var client = CLIENTS.of("http://127.0.0.1:" + port);
    reader.reads(
        client.invokeEndpointWithResponseStream(
            r -> r.endpointName("script").body(SdkBytes.fromUtf8String("go")), reader.handler()));
    return reader;
  }

  /** Once its instance gets work. */
  private static int awaitDataPort(URI management) {
    await("healthy")
        .atMost(PATIENCE)
        .until(
            () ->
                get(management, "/v1/endpoints/script/instances")
                    .getList("state")
                    .equals(List.of("HEALTHY")));
    return get(management, "/q/health/ready")
        .getInt("checks.find { it.name == 'data-port' }.data.port");
  }

  private static JsonPath get(URI management, String path) {
    return given().baseUri(management.toString()).get(path).jsonPath();
  }

  private static boolean takesConnections(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Every line is an object, and one of them is the access log's. */
  private static void requireStructured(List<String> log, String endpoint) {
    List<JsonObject> lines = log.stream().map(JsonObject::new).toList();
    assertThat(lines)
        .filteredOn(line -> "io.sessionrouter.access".equals(line.getString("loggerName")))
        .singleElement()
        .satisfies(
            line -> {
              JsonObject facts = line.getJsonObject("mdc");
              assertThat(facts.getString("endpoint")).isEqualTo(endpoint);
              assertThat(facts.getString("outcome")).isEqualTo("success");
            });
  }
}
