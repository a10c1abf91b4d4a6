package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Child;
import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies many times larger than the router's memory pass through it, as fast as the slower side.
 */
@ExtendWith(SharedSystem.class)
class LargeBodiesIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("large-bodies"));
  private static final long MEGABYTE = 1024 * 1024;
  private static final long HUGE = 400 * MEGABYTE;
  private static final long DEFAULT_LIMIT = 25 * MEGABYTE;

  /** More than all socket buffers on the way hold, and a small part of a huge body. */
  private static final long ON_THE_WAY = 64 * MEGABYTE;

  /** 64 MB of heap, as much of direct memory at most, and the JVM itself: less than one body. */
  private static final long MEMORY = 320 * MEGABYTE;

  private static FakeInstance instance;
  private static Child router;
  private static RouterPlan plan;
  private static RouterPlan unlimited;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start(TestSystem system) throws IOException {
    instance = FakeInstance.start();
    Map<String, String> more =
        Map.of(
            "session-router.endpoints.huge.variants.main.instances",
            instance.url().toString(),
            "session-router.endpoints.huge.limits.max-body",
            "1G");
    plan =
        new RouterPlan(Ports.free(), Ports.free(), system.redis(), "large", List.of(instance.url()))
            .withHeap("64m")
            .with(more);
    unlimited = plan.at("huge");
    router = CHILDREN.startAndAwait(system.services().router("router", plan));
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
    instance.close();
  }

  @AfterEach
  void memoryStayedBounded() throws Exception {
    assertThat(router.alive()).as("router runs").isTrue();
    assertThat(ProcessMemory.peak(router.pid()))
        .as("most memory the router ever had")
        .isLessThan(MEMORY);
    assertThat(Files.readString(router.log())).doesNotContain("OutOfMemoryError", "LEAK:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"length", "chunked"})
  void aResponseOf400MegabytesArrivesWhole(String framing) throws Exception {
    HttpResponse<InputStream> response = ask(framing);

    try (InputStream body = response.body()) {
      assertThat(Checksum.of(body)).isEqualTo(Checksum.ofPattern(HUGE));
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheInstanceBack() throws Exception {
    try (InputStream body = ask("length").body()) {
      byte[] begin = body.readNBytes((int) MEGABYTE);
      Standstill.awaitThat(instance::sent);

      assertThat(instance.sent()).as("sent by the instance").isLessThan(ON_THE_WAY);
      assertThat(begin).isEqualTo(new Pattern(HUGE).readNBytes(begin.length));
      assertThat(Checksum.of(body).length()).isEqualTo(HUGE - begin.length);
    }
  }

  @Test
  void aRequestAtTheLimitArrivesWhole() throws Exception {
    HttpResponse<String> response =
        send(plan, new Pattern(DEFAULT_LIMIT), DEFAULT_LIMIT).get(60, TimeUnit.SECONDS);

    assertThat(response.body()).isEqualTo(Checksum.ofPattern(DEFAULT_LIMIT).toString());
  }

  @Test
  void anInstanceThatDoesNotReadHoldsTheClientBack() throws Exception {
    instance.stopReading();
    Pattern body = new Pattern(HUGE);
    CompletableFuture<HttpResponse<String>> response = send(unlimited, body, HUGE);
    Standstill.awaitThat(body::position);

    assertThat(body.position()).as("sent by the client").isLessThan(ON_THE_WAY);

    instance.goOnReading();
    assertThat(response.get(60, TimeUnit.SECONDS).body())
        .isEqualTo(Checksum.ofPattern(HUGE).toString());
  }

  private HttpResponse<InputStream> ask(String framing) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(plan.invocations())
            .header(FakeInstance.WISH, framing + "=" + HUGE)
            .POST(BodyPublishers.ofString("{}"))
            .build();
    HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return response;
  }

  private CompletableFuture<HttpResponse<String>> send(RouterPlan to, Pattern body, long length) {
    BodyPublisher publisher =
        BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), length);
    HttpRequest request = HttpRequest.newBuilder(to.invocations()).POST(publisher).build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }
}
