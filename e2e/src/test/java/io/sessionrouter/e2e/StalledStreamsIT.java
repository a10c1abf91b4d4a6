package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Child;
import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that open a response stream and stop reading it slow the instance down, and neither fill
 * the router's memory nor get in anybody's way.
 */
@ExtendWith(SharedSystem.class)
class StalledStreamsIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("stalled-streams"));
  private static final int STREAMS = 200;
  private static final long MEGABYTE = 1024 * 1024;
  private static final long ENDLESS = 400 * MEGABYTE;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * 64 MB of heap, as much of direct memory at most, and the JVM itself with its compiled code and
   * threads. What the kernel's socket buffers hold is not in it.
   */
  private static final long MEMORY = 320 * MEGABYTE;

  /** More than the socket buffers on the way of one stream hold, and a small part of it. */
  private static final long ON_THE_WAY = 32 * MEGABYTE;

  /** A busy machine may be slow to connect so many, which is not what is tested. */
  private static final Map<String, String> PATIENT =
      Map.of(
          "session-router.endpoints.stalled.timeouts.connect", "20s",
          "session-router.endpoints.stalled.health.timeout", "20s");

  private static FakeInstance instance;
  private static Child router;
  private static RouterPlan plan;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start(TestSystem system) throws Exception {
    instance = FakeInstance.start();
    plan =
        new RouterPlan(
                Ports.free(), Ports.free(), system.redis(), "stalled", List.of(instance.url()))
            .withHeap("64m")
            .with(PATIENT);
    router = CHILDREN.startAndAwait(system.services().router("router", plan));
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
    instance.close();
  }

  @AfterEach
  void leave() {
    http.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"invocations-response-stream", "invocations"})
  void stayWithinTheRoutersMemory(String operation) throws Exception {
    int before = instance.answers();
    List<InputStream> streams = open(operation);
    Standstill.awaitThat(instance::sentInAll);

    assertThat(instance.answers() - before).as("streams under way").isEqualTo(STREAMS);
    assertThat(instance.sentInAll()).as("sent by the instance").isLessThan(STREAMS * ON_THE_WAY);
    othersAreServed();
    if (operation.endsWith("stream")) {
      oneGoesOn(streams.getFirst());
    }
    requireMemory();
  }

  private List<InputStream> open(String operation) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(plan.invocations().resolve(operation))
            .header(FakeInstance.WISH, "chunked=" + ENDLESS)
            .POST(BodyPublishers.ofString("{}"))
            .build();
    var answers =
        Stream.generate(() -> http.sendAsync(request, BodyHandlers.ofInputStream()))
            .limit(STREAMS)
            .toList();
    List<InputStream> streams = new ArrayList<>();
    for (var answer : answers) {
      HttpResponse<InputStream> response = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(response.statusCode()).isEqualTo(200);
      streams.add(response.body());
    }
    return streams;
  }

  private static void othersAreServed() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(plan.invocations())
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofInputStream(() -> new Pattern(MEGABYTE)))
            .build();
    try (HttpClient others = HttpClient.newHttpClient()) {
      for (int i = 0; i < 50; i++) {
        assertThat(others.send(request, BodyHandlers.ofString()).body())
            .isEqualTo(Checksum.ofPattern(MEGABYTE).toString());
      }
    }
  }

  /** More than was on the way arrives, whole and in order. */
  private static void oneGoesOn(InputStream stream) throws Exception {
    EventPayload payload = new EventPayload(stream);
    Pattern expected = new Pattern(ENDLESS);
    for (int i = 0; i <= ON_THE_WAY / MEGABYTE; i++) {
      assertThat(payload.readNBytes((int) MEGABYTE)).isEqualTo(expected.readNBytes((int) MEGABYTE));
    }
  }

  private static void requireMemory() throws Exception {
    assertThat(router.alive()).as("router runs").isTrue();
    assertThat(ProcessMemory.peak(router.pid()))
        .as("most memory the router ever had")
        .isLessThan(MEMORY);
    assertThat(Files.readString(router.log())).doesNotContain("OutOfMemoryError", "LEAK:");
  }
}
