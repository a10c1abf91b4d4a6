package io.sessionrouter.fleet.discovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import io.sessionrouter.testing.TcpProxy;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch against fabric8's mock of the Kubernetes API, over HTTP and TLS. */
@Tag("slow")
class KubernetesMockTest {
  private static final String SLICES =
      "/apis/discovery.k8s.io/v1/namespaces/models/endpointslices"
          + "?labelSelector=kubernetes.io%2Fservice-name%3Dchat";
  private static final String LIST = SLICES + "&limit=50";
  private static final String WATCH =
      SLICES + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=30&resourceVersion=";
  private static final String PODS =
      "/api/v1/namespaces/models/pods?fieldSelector=status.phase%3DRunning";
  private static final String PODS_WATCH =
      PODS + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=30&resourceVersion=";
  private static final String CHAT_0_UID = "7d5a1c0e-0000-4000-8000-000000000001";
  private static final String CHAT_0 = "chat-0 10.244.1.17:8080 READY";
  private static final String CHAT_1 = "chat-1 10.244.2.9:8080 READY";

  private static Vertx vertx;

  @TempDir Path directory;

  private final Script script = new Script();
  private final PodStarts pods = new PodStarts();
  private final Heard heard = new Heard();
  private final Shown shown = new Shown(Source.KUBERNETES);
  private KubernetesMockServer kubernetes;
  private Account account;
  private SliceWatch watch;
  private PodWatch podWatch;

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @BeforeEach
  void startKubernetes() throws IOException {
    kubernetes =
        new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), script, true);
    kubernetes.start();
    account =
        new Account(directory)
            .token("token-1")
            .trust(kubernetes.getSelfSignedCertificate().certificatePath());
  }

  @AfterEach
  void stop() {
    if (watch != null) {
      watch.stop();
    }
    if (podWatch != null) {
      podWatch.stop();
    }
    kubernetes.shutdown();
  }

  @Test
  void listsThenWatchesThenResumesWhereItWas() {
    script.on(LIST, json(Recorded.LIST));
    script.on(WATCH + "48390", lines(Recorded.ROLLING_UPDATE));

    follow();

    heard.awaitLast("chat-0 10.244.1.40:8080 READY", "chat-1 10.244.2.31:8080 READY");
    assertThat(heard.lists.getFirst()).containsExactly(CHAT_0, CHAT_1);
    assertThat(heard.lists).hasSize(9);
    script.awaitPath(WATCH + "48701");
    assertThat(script.count(LIST)).as("lists").isEqualTo(1);
    assertThat(heard.lists).hasSize(9);
    assertThat(shown.queries()).isEqualTo(1);
  }

  @Test
  void aBookmarkMovesTheVersionOn() {
    script.on(LIST, json(Recorded.LIST));
    script.on(WATCH + "48390", lines(Recorded.ROLLING_UPDATE.subList(0, 1)));

    follow();

    script.awaitPath(WATCH + "48402");
    assertThat(heard.lists).hasSize(1);
  }

  @Test
  void aVersionThatIsTooOldMeansANewList() {
    script.on(LIST, json(Recorded.LIST));
    script.on(WATCH + "48390", gone());

    follow();

    script.awaitPath(LIST, 3);
    assertThat(heard.lists).allSatisfy(list -> assertThat(list).containsExactly(CHAT_0, CHAT_1));
    assertThat(script.paths()).startsWith(LIST, WATCH + "48390", LIST, WATCH + "48390", LIST);
    assertThat(shown.queries()).isGreaterThanOrEqualTo(3);
    assertThat(shown.errors("expired")).isGreaterThanOrEqualTo(2);
    assertThat(shown.errorsBut("expired")).isZero();
    assertThat(shown.connected()).as("it answers").isTrue();
  }

  /** The server answers again; how long it did not is no reason to wait. */
  @Test
  void afterAnOutageTheNewListComesAtOnce() {
    script.on(LIST, json(Recorded.LIST));
    script.on(WATCH + "48390", json("<html>"));
    script.once(WATCH + "48390", gone());

    follow(kubernetes.getPort(), Paces.NEVER_AGAIN);

    script.awaitPath(LIST, 2);
    heard.awaitLast(CHAT_0, CHAT_1);
    assertThat(heard.lists).hasSize(2);
  }

  @Test
  void withoutATokenNobodyIsAsked() throws IOException {
    Files.delete(directory.resolve("token"));
    script.on(LIST, json(Recorded.LIST));
    follow();
    await().atMost(Heard.PATIENT).until(() -> shown.errors("denied") > 1);
    assertThat(shown.errorsBut("denied")).isZero();
    assertThat(script.paths()).isEmpty();

    account.token("token-1");

    heard.awaitLast(CHAT_0, CHAT_1);
  }

  @Test
  void soDoesAWatchThatIsToldSo() {
    script.on(LIST, json(Recorded.LIST));
    script.on(WATCH + "48390", lines(List.of(Recorded.EXPIRED)));

    follow();

    script.awaitPath(LIST, 2);
    assertThat(heard.lists).allSatisfy(list -> assertThat(list).containsExactly(CHAT_0, CHAT_1));
  }

  @Test
  void aLongListComesInPages() {
    JsonObject first = new JsonObject(Recorded.LIST);
    first.getJsonObject("metadata").put("continue", "abc+/=").put("remainingItemCount", 1);
    JsonObject second = new JsonObject(Recorded.LIST);
    second.getJsonObject("metadata").put("resourceVersion", "48390");
    JsonArray items = second.getJsonArray("items");
    items.getJsonObject(0).getJsonObject("metadata").put("name", "chat-other");
    JsonObject third = items.getJsonObject(0).getJsonArray("endpoints").getJsonObject(1);
    third.put("addresses", new JsonArray().add("10.244.3.3"));
    third.getJsonObject("targetRef").put("name", "chat-2");
    script.on(LIST, json(first.encode()));
    script.on(LIST + "&continue=abc%2B%2F%3D", json(second.encode()));

    follow();

    heard.awaitLast(CHAT_0, CHAT_1, "chat-2 10.244.3.3:8080 READY");
    script.awaitPath(WATCH + "48390");
    assertThat(heard.lists).hasSize(1);
  }

  @Test
  void aRenewedTokenIsUsedAtOnce() throws IOException {
    script.token = "token-1";
    script.on(LIST, json(Recorded.LIST));
    script.on(WATCH + "48390", lines(Recorded.ROLLING_UPDATE.subList(0, 2)));
    follow();
    heard.awaitLast(CHAT_0, "chat-1 10.244.2.9:8080 TERMINATING");

    script.token = "token-2";
    script.on(WATCH + "48455", lines(Recorded.ROLLING_UPDATE.subList(2, 4)));
    await().atMost(Heard.PATIENT).until(() -> script.refused.contains("Bearer token-1"));
    assertThat(heard.last()).as("while it may not ask").hasSize(2);
    account.token("token-2");

    heard.awaitLast(CHAT_0);
    assertThat(script.count(LIST)).as("lists").isEqualTo(1);
  }

  @Test
  void whatIsForbiddenIsTriedAgain() {
    script.token = "another";
    script.on(LIST, json(Recorded.LIST));
    follow();
    await().atMost(Heard.PATIENT).until(() -> script.refused.size() > 3);
    assertThat(heard.lists).isEmpty();
    assertThat(shown.connected()).isFalse();
    assertThat(shown.errors("denied")).isGreaterThanOrEqualTo(3);
    assertThat(shown.errorsBut("denied")).isZero();
    assertThat(heard.knownUntil).hasValue(0);

    script.token = "token-1";

    heard.awaitLast(CHAT_0, CHAT_1);
  }

  @Test
  void anApiServerThatTheCaDoesNotVouchForIsNotTold() throws IOException {
    String right = kubernetes.getSelfSignedCertificate().certificatePath();
    account.trust(SelfSignedCertificate.create("localhost").certificatePath());
    script.on(LIST, json(Recorded.LIST));

    try (TcpProxy proxy = new TcpProxy(vertx, kubernetes.getPort())) {
      AtomicInteger sent = new AtomicInteger();
      proxy.refuse(bytes -> sent.incrementAndGet() < 0);
      follow(proxy.port());
      await().atMost(Heard.PATIENT).alias("several attempts").until(() -> sent.get() > 6);
      assertThat(script.paths()).isEmpty();
      await().atMost(Heard.PATIENT).until(() -> shown.errors("unreachable") > 0);
      assertThat(shown.connected()).isFalse();

      account.trust(right);
      heard.awaitLast(CHAT_0, CHAT_1);
    }
  }

  @Test
  void whatIsNoListIsTriedAgain() {
    script.on(LIST, json("<html>"));
    follow();
    script.awaitPath(LIST, 3);
    assertThat(heard.lists).isEmpty();
    assertThat(shown.errors("unreadable")).isGreaterThanOrEqualTo(2);

    script.on(LIST, json("{\"items\":[{\"metadata\":{}}],\"metadata\":{}}"));
    script.awaitPath(LIST, 6);
    assertThat(heard.lists).isEmpty();

    script.on(LIST, json(Recorded.LIST));
    heard.awaitLast(CHAT_0, CHAT_1);
  }

  @Test
  void whereItMayTheRouterLearnsWhenAContainerRestarted() {
    script.on(LIST, json(Recorded.LIST));
    script.on(PODS + "&limit=50", json(podList(0)));
    script.on(PODS_WATCH + "7", lines(List.of(podEvent("MODIFIED", 1), podEvent("BOOKMARK", 1))));
    follow();
    heard.awaitLast(CHAT_0, CHAT_1);

    followPods();

    long restarted = Instant.parse("2026-03-02T11:00:08Z").toEpochMilli();
    await().atMost(Heard.PATIENT).until(() -> heard.began.get("chat-0") == restarted);
    assertThat(heard.began).containsEntry("chat-1", 0L);
    script.awaitPath(PODS_WATCH + "8");
  }

  @Test
  void whereItMayNotItAsksSeldomAndAllElseGoesOn() {
    script.on(LIST, json(Recorded.LIST));
    script.on(PODS + "&limit=50", forbidden());
    followPods();
    script.awaitPath(PODS + "&limit=50");
    script.on(WATCH + "48390", lines(Recorded.ROLLING_UPDATE));

    follow();

    heard.awaitLast("chat-0 10.244.1.40:8080 READY", "chat-1 10.244.2.31:8080 READY");
    script.awaitPath(WATCH + "48701", 2);
    assertThat(script.count(PODS + "&limit=50")).isEqualTo(1);
  }

  private void followPods() {
    ApiServer server =
        ApiServer.of(vertx, account.access("https://localhost:" + kubernetes.getPort()), Map.of());
    podWatch = new PodWatch(vertx, server, "models", pods, Paces.QUICK);
    podWatch.start();
  }

  private static String podList(int restarts) {
    return new JsonObject()
        .put("metadata", new JsonObject().put("resourceVersion", "7"))
        .put("items", new JsonArray().add(PodTest.pod(CHAT_0_UID, "6", restarts)))
        .encode();
  }

  private static String podEvent(String type, int restarts) {
    return new JsonObject()
        .put("type", type)
        .put("object", PodTest.pod(CHAT_0_UID, "8", restarts))
        .encode();
  }

  private static Function<RecordedRequest, MockResponse> forbidden() {
    return request ->
        new MockResponse()
            .setResponseCode(403)
            .setBody("{\"kind\":\"Status\",\"message\":\"pods is forbidden\",\"code\":403}");
  }

  private void follow() {
    follow(kubernetes.getPort());
  }

  private void follow(int port) {
    follow(port, Paces.QUICK);
  }

  private void follow(int port, Pace pace) {
    ApiServer server = ApiServer.of(vertx, account.access("https://localhost:" + port), Map.of());
    watch =
        new SliceWatch(
            vertx,
            server,
            Recorded.target(null),
            pods,
            heard,
            shown.feed,
            pace,
            InstantSource.system());
    watch.start();
  }

  private static Function<RecordedRequest, MockResponse> json(String body) {
    return request -> new MockResponse().setResponseCode(200).setBody(body);
  }

  private static Function<RecordedRequest, MockResponse> lines(List<String> lines) {
    return json(String.join("\n", lines) + "\n");
  }

  private static Function<RecordedRequest, MockResponse> gone() {
    String status = new JsonObject(Recorded.EXPIRED).getJsonObject("object").encode();
    return request -> new MockResponse().setResponseCode(410).setBody(status);
  }

  /** What the mock answers; to what nobody wrote down, an empty watch. */
  private static final class Script extends Dispatcher {
    final ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
    volatile String token = "";
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final Map<String, Function<RecordedRequest, MockResponse>> answers =
        new ConcurrentHashMap<>();

    void on(String path, Function<RecordedRequest, MockResponse> answer) {
      answers.put(path, answer);
    }

    /** Instead of what it answers from then on. */
    void once(String path, Function<RecordedRequest, MockResponse> first) {
      Function<RecordedRequest, MockResponse> later = answers.get(path);
      AtomicInteger asked = new AtomicInteger();
      on(path, r -> (asked.getAndIncrement() == 0 ? first : later).apply(r));
    }

    List<String> paths() {
      return paths;
    }

    long count(String path) {
      return paths.stream().filter(path::equals).count();
    }

    void awaitPath(String path) {
      awaitPath(path, 1);
    }

    void awaitPath(String path, int times) {
      await().atMost(Heard.PATIENT).alias(times + " × " + path).until(() -> count(path) >= times);
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      String bearer = request.getHeader("Authorization");
      if (!token.isEmpty() && !("Bearer " + token).equals(bearer)) {
        refused.add(bearer);
        return new MockResponse()
            .setResponseCode(401)
            .setBody("{\"kind\":\"Status\",\"message\":\"Unauthorized\",\"code\":401}");
      }
      paths.add(request.getPath());
      return answers.getOrDefault(request.getPath(), json("")).apply(request);
    }
  }
}
