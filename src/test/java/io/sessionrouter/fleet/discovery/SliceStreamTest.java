package io.sessionrouter.fleet.discovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.domain.KubernetesAccess;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import io.sessionrouter.testing.TcpProxy;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch against an API server whose streams stay open until the test breaks them. */
@Tag("slow")
class SliceStreamTest {
  private static final String CHAT_0 = "chat-0 10.244.1.17:8080 READY";
  private static final String CHAT_1 = "chat-1 10.244.2.9:8080 READY";
  private static final String ENDING_1 = "chat-1 10.244.2.9:8080 TERMINATING";

  private static final String SLICE_DELETED =
      new JsonObject(Recorded.ROLLING_UPDATE.get(1)).put("type", "DELETED").encode();

  private static Vertx vertx;

  @TempDir Path directory;

  private final PodStarts pods = new PodStarts();
  private final Heard heard = new Heard();
  private final Shown shown = new Shown(Source.KUBERNETES);
  private final List<String> versions = new CopyOnWriteArrayList<>();
  private final List<HttpServerResponse> streams = new CopyOnWriteArrayList<>();
  private volatile int lists;
  private volatile boolean mute;
  private HttpServer server;
  private TcpProxy proxy;
  private SliceWatch watch;

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @BeforeEach
  void startServer() throws Exception {
    new Account(directory).token("token");
    server =
        vertx
            .createHttpServer()
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, SECONDS);
    proxy = new TcpProxy(vertx, server.actualPort());
  }

  @AfterEach
  void stop() throws Exception {
    if (watch != null) {
      watch.stop();
    }
    proxy.close();
    server.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @Test
  void eventsAreHeardWhileTheStreamIsOpen() {
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);

    say(Recorded.ROLLING_UPDATE.get(1));
    heard.awaitLast(CHAT_0, ENDING_1);
    say(Recorded.ROLLING_UPDATE.get(3));
    heard.awaitLast(CHAT_0);

    assertThat(versions).containsExactly("48390");
  }

  @Test
  void aLineMayComeInPieces() {
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);
    String line = Recorded.ROLLING_UPDATE.get(1);

    stream().write(line.substring(0, 700));
    stream().write(line.substring(700) + "\n" + Recorded.ROLLING_UPDATE.get(3) + "\n{\"ty");

    heard.awaitLast(CHAT_0);
    assertThat(heard.lists).hasSize(3);
  }

  @Test
  void aBrokenConnectionIsResumedWithoutANewList() {
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);
    say(Recorded.ROLLING_UPDATE.get(1));
    heard.awaitLast(CHAT_0, ENDING_1);

    stream().reset();

    await().until(() -> versions.equals(List.of("48390", "48455")));
    say(Recorded.ROLLING_UPDATE.get(3));
    heard.awaitLast(CHAT_0);
    assertThat(lists).isEqualTo(1);
    assertThat(heard.lists).as("never without instances").noneMatch(List::isEmpty);
  }

  @Test
  void whileTheApiServerIsAwayTheLastKnownInstancesStay() {
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);
    await().until(() -> versions.size() == 1);
    long knownUntil = heard.knownUntil.get();

    proxy.cut();
    await().until(() -> streams.getFirst().closed());
    assertThat(heard.lists).containsExactly(List.of(CHAT_0, CHAT_1));
    proxy.restore();

    await().until(() -> versions.size() > 1);
    say(Recorded.ROLLING_UPDATE.get(3));
    heard.awaitLast(CHAT_0);
    assertThat(lists).isEqualTo(1);
    assertThat(heard.knownUntil.get()).as("a resumed watch is no list").isEqualTo(knownUntil);
  }

  /** What a resumed watch has yet to tell is not known before it has told it. */
  @Test
  void onlyABookmarkTellsThatNothingIsMissing() {
    long begun = System.currentTimeMillis() - Paces.QUICK.lag().toMillis();
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);
    await().until(() -> streams.size() == 1);
    long listed = heard.knownUntil.get();
    await().until(() -> System.currentTimeMillis() > listed + Paces.QUICK.lag().toMillis());

    stream().reset();
    await().until(() -> streams.size() == 2);
    say(Recorded.ROLLING_UPDATE.get(1));
    heard.awaitLast(CHAT_0, ENDING_1);
    assertThat(heard.knownUntil).as("a late change").hasValue(listed);
    say(Recorded.ROLLING_UPDATE.getFirst());

    await().until(() -> heard.knownUntil.get() > listed);
    assertThat(heard.knownUntil.get())
        .as("when the watch was asked for")
        .isGreaterThan(begun)
        .isLessThan(System.currentTimeMillis() - Paces.QUICK.lag().toMillis());
  }

  /** All slices are gone while a Service is deleted; its pods may live on. */
  @Test
  void aServiceWithoutAnySliceIsSilence() {
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);

    say(SLICE_DELETED);
    heard.awaitLast("silence");
    long known = heard.knownUntil.get();
    say(Recorded.ROLLING_UPDATE.getFirst());
    say(Recorded.ROLLING_UPDATE.get(1));

    heard.awaitLast(CHAT_0, ENDING_1);
    assertThat(heard.knownUntil).as("silence says nothing of anybody").hasValue(known);
  }

  @Test
  void aServerThatSendsNoBookmarksIsAskedForListsInstead() {
    follow(Paces.impatientForWatches());

    await().atMost(Duration.ofSeconds(20)).until(() -> lists > 1);

    assertThat(versions).hasSizeGreaterThan(3);
  }

  @Test
  void aServerThatDoesNotAnswerIsAskedAgain() {
    mute = true;
    follow(Paces.impatientForAnswers());
    await().until(() -> lists > 1);
    assertThat(heard.lists).isEmpty();

    mute = false;

    heard.awaitLast(CHAT_0, CHAT_1);
  }

  /** As when the server vanished, and nothing told so. */
  @Test
  void aWatchThatDoesNotEndIsGivenUp() {
    follow(Paces.impatientForWatches());

    await().until(() -> versions.size() > 1);

    assertThat(versions).startsWith("48390", "48390");
    assertThat(lists).isEqualTo(1);
  }

  @Test
  void aLineWithoutEndIsNotCollected() {
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);
    await().until(() -> streams.size() == 1);

    stream().write("x".repeat(SliceApi.MAX_LINE + 1));

    await().until(() -> versions.size() > 1);
    assertThat(versions).startsWith("48390", "48390");
    assertThat(heard.lists).hasSize(1);
  }

  @Test
  void afterTheStopNothingIsAsked() {
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);
    await().until(() -> streams.size() == 1);

    watch.stop();

    await().until(() -> stream().closed());
    assertThat(versions).hasSize(1);
  }

  @Test
  void theUpToDatenessLagsBehindOnPurpose() {
    long before = System.currentTimeMillis();
    follow(Paces.QUICK);
    heard.awaitLast(CHAT_0, CHAT_1);

    assertThat(heard.knownUntil.get())
        .isLessThanOrEqualTo(System.currentTimeMillis() - Paces.QUICK.lag().toMillis())
        .isGreaterThanOrEqualTo(before - Paces.QUICK.lag().toMillis());
  }

  @Test
  void inAPodTheEnvironmentTellsTheAddress() throws IOException {
    KubernetesAccess inPod = new KubernetesAccess(null, directory);

    assertThatThrownBy(() -> ApiServer.of(vertx, inPod, Map.of()))
        .hasMessageContaining("session-router.kubernetes.url: none")
        .hasMessageContaining("KUBERNETES_SERVICE_HOST");
    Map<String, String> pod =
        Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "6443");
    var request =
        ApiServer.of(vertx, inPod, pod).get("/x").toCompletionStage().toCompletableFuture().join();
    assertThat(request.getHost()).isEqualTo("10.96.0.1");
    assertThat(request.getPort()).isEqualTo(6443);
    assertThat(request.isSsl()).isTrue();
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer token");
  }

  private void follow(Pace pace) {
    URI url = URI.create("http://127.0.0.1:" + proxy.port());
    ApiServer api = ApiServer.of(vertx, new KubernetesAccess(url, directory), Map.of());
    watch =
        new SliceWatch(
            vertx,
            api,
            Recorded.target(null),
            pods,
            heard,
            shown.feed,
            pace,
            InstantSource.system());
    watch.start();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one event loop writes, the test reads
  private void answer(HttpServerRequest request) {
    String version = request.getParam("resourceVersion");
    if (version == null) {
      lists++;
      if (!mute) {
        request.response().end(Recorded.LIST);
      }
    } else {
      request.response().setChunked(true).writeHead();
      streams.add(request.response());
      versions.add(version);
    }
  }

  private HttpServerResponse stream() {
    await().atMost(Duration.ofSeconds(20)).until(() -> !streams.isEmpty());
    return streams.getLast();
  }

  private void say(String line) {
    stream().write(line + "\n");
  }
}
