package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.FirstQuestion;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SIGTERM: the router serves on until balancers know, finishes what runs, and ends with 0. */
@ExtendWith(SharedSystem.class)
class RouterDrainIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("router-drain"));
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LENGTH = 64L * 1024 * 1024;
  private static FakeInstance instance;
  private static TestSystem system;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @SuppressWarnings("NullAway.Init") // every test begins with startRouter
  private RouterPlan plan;

  @SuppressWarnings("NullAway.Init") // the same
  private Restartable router;

  @BeforeAll
  static void start(TestSystem shared) throws IOException {
    system = shared;
    instance = FakeInstance.start();
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
    instance.close();
  }

  private void startRouter(String delay, String timeout) {
    plan =
        new RouterPlan(Ports.free(), Ports.free(), system.redis(), "drain", List.of(instance.url()))
            .with(
                Map.of(
                    "session-router.drain.delay", delay, "session-router.drain.timeout", timeout));
    router = Restartable.start(CHILDREN, system.services().router("router", plan)).awaitReady();
    new FirstQuestion(plan.invocations()).awaitAnswer();
  }

  @Test
  void servesOnAlthoughNotReadyUntilASecondSignalEndsIt() throws Exception {
    startRouter("10m", "10m");

    router.signal();

    await("not ready").atMost(PATIENCE).until(() -> readiness() == 503);
    HttpResponse<String> answer =
        client.send(request("/invocations", null), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Connection")).contains("close");
    assertThat(get("/q/health/live")).isEqualTo(200);
    assertThat(get("/q/metrics")).isEqualTo(200);

    router.signal();
    assertThat(router.awaitExit(PATIENCE)).isEqualTo(143);
  }

  @Test
  void finishesAResponseUnderWayAndEndsWithZero() throws Exception {
    startRouter("0s", "10m");
    HttpResponse<InputStream> response =
        client.send(request("/invocations", "chunked=" + LENGTH), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      byte[] begin = body.readNBytes(1024);

      router.signal();
      await("the port is closed").atMost(PATIENCE).untilAsserted(this::requireRefused);

      assertThat(begin).isEqualTo(new Pattern(LENGTH).readNBytes(begin.length));
      assertThat(Checksum.of(body).length()).isEqualTo(LENGTH - begin.length);
    }
    assertThat(router.awaitExit(PATIENCE)).isZero();
  }

  @Test
  void cutsAStreamOffAtTheTimeoutWithItsErrorAndEndsWithZero() throws Exception {
    startRouter("0s", "1s");
    HttpResponse<InputStream> response =
        client.send(
            request("/invocations-response-stream", "stalled=1000"), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      body.readNBytes(1000);

      router.signal();

      String rest = new String(body.readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(rest).contains("InternalStreamFailure", "The router is stopping");
    }
    assertThat(router.awaitExit(PATIENCE)).isZero();
  }

  private HttpRequest request(String operation, @Nullable String wish) {
    URI url = plan.url().resolve("/endpoints/drain" + operation);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).timeout(PATIENCE).POST(BodyPublishers.ofString("{}"));
    return wish == null ? request.build() : request.header(FakeInstance.WISH, wish).build();
  }

  private int readiness() throws Exception {
    return get("/q/health/ready");
  }

  private int get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(plan.management().resolve(path)).timeout(PATIENCE).build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  private void requireRefused() {
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), plan.port()).close())
        .isInstanceOf(ConnectException.class);
  }
}
