package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.gateway.RawConnection.Message;
import io.sessionrouter.testing.ModelContainer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that name a model, over real containers' sockets. */
@Tag("slow")
class ModelsPathTest {
  private static final String PREFIX = "s3://bucket/models";
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final List<ModelContainer> containers = new ArrayList<>();
  private final List<GatewayFixture> rigs = new ArrayList<>();

  @BeforeEach
  void startContainer() throws IOException {
    container(2);
  }

  private ModelContainer container(int room) throws IOException {
    ModelContainer started = new ModelContainer(PREFIX, room);
    containers.add(started);
    return started;
  }

  @AfterEach
  void stop() {
    containers.forEach(ModelContainer::letGo);
    rigs.forEach(GatewayFixture::close);
    containers.forEach(ModelContainer::close);
  }

  private ModelContainer only() {
    return containers.getFirst();
  }

  private GatewayFixture rig(Duration wait) throws Exception {
    return rig(wait, new GatewayFixture.Plan());
  }

  private GatewayFixture rig(Duration wait, GatewayFixture.Plan plan) throws Exception {
    plan.models =
        new ModelsSettings(PREFIX, wait, Duration.ofSeconds(360), 16, Duration.ofSeconds(30));
    plan.clients = null;
    plan.instances = null;
    GatewayFixture rig =
        new GatewayFixture(plan, containers.stream().mapToInt(ModelContainer::port).toArray());
    rigs.add(rig);
    return rig;
  }

  private static String model(String target) {
    return "X-Amzn-SageMaker-Target-Model: " + target;
  }

  private static Message ask(GatewayFixture rig, String body, String... headers)
      throws IOException {
    try (RawConnection client = rig.connect()) {
      return client.write(post(body, headers)).readResponse();
    }
  }

  private static Message ok(GatewayFixture rig, String target) throws IOException {
    Message answer = ask(rig, "hi", model(target));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(target + ": hi");
    return answer;
  }

  @Test
  void theFirstRequestWaitsForTheLoadAndLaterOnesForNothing() throws Exception {
    GatewayFixture rig = rig(LONG);

    ok(rig, "team/a.tar.gz");
    Message second = ok(rig, "team/a.tar.gz");

    assertThat(second.header("x-Amzn-Invoked-Production-Variant")).isEqualTo("main");
    assertThat(only().calls())
        .containsExactly("load team/a.tar.gz", "invoke team/a.tar.gz", "invoke team/a.tar.gz");
  }

  /** The SageMaker SDK lists models so. */
  @Test
  void aSlashBeforeTheNameSaysNothing() throws Exception {
    GatewayFixture rig = rig(LONG);
    Message answer = ask(rig, "hi", model("/team/a.tar.gz"));
    assertThat(answer.body()).isEqualTo("team/a.tar.gz: hi");
    ok(rig, "team/a.tar.gz");
    assertThat(only().models()).containsExactly("team/a.tar.gz");

    String session = open(rig, "/b");
    assertThat(ask(rig, "more", model("b"), session(session)).body()).isEqualTo("b: more");
    assertThat(ask(rig, "hi", model("//b")).status()).isEqualTo(400);
    assertThat(ask(rig, "hi", model("/")).status()).isEqualTo(400);
    assertThat(ask(rig, "hi", model("/../b")).status()).isEqualTo(400);
  }

  @Test
  void aSingleConnectionMayAskForManyModels() throws Exception {
    GatewayFixture rig = rig(LONG);
    try (RawConnection client = rig.connect()) {
      for (String target : List.of("a", "b", "a")) {
        Message answer = client.write(post("hi", model(target))).readResponse();
        assertThat(answer.body()).isEqualTo(target + ": hi");
      }
    }
  }

  @Test
  void twoHundredClientsCostOneLoadAndAllAreAnswered() throws Exception {
    container(2);
    GatewayFixture rig = rig(LONG);
    containers.forEach(ModelContainer::holdLoads);
    List<RawConnection> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        clients.add(rig.connect().write(post("client " + i, model("a"))));
      }
      await().until(() -> rig.inFlight() == 200);
      await().until(() -> loads("a") == 1);
      containers.forEach(ModelContainer::letGo);

      for (int i = 0; i < 200; i++) {
        assertThat(clients.get(i).readResponse().body()).isEqualTo("a: client " + i);
      }
    } finally {
      clients.forEach(RawConnection::close);
    }
    assertThat(rig.outcomes("success")).isEqualTo(200);
    assertThat(loads("a")).isEqualTo(1);
  }

  private long loads(String target) {
    return containers.stream().mapToLong(c -> c.calls("load " + target)).sum();
  }

  @Test
  void whoWaitedLongEnoughIsToldToTryAgainWhileTheLoadGoesOn() throws Exception {
    GatewayFixture rig = rig(SHORT);
    only().holdLoads();

    Message notReady = ask(rig, "hi", model("a"));

    assertThat(notReady.status()).isEqualTo(429);
    assertThat(notReady.header("x-amzn-errortype")).isEqualTo("ModelNotReadyException");
    assertThat(notReady.header("Retry-After")).isEqualTo("1");
    assertThat(notReady.header("x-amz-retry-after")).as("for AWS SDKs").isEqualTo("1000");
    assertThat(notReady.body()).contains("Model a is still being loaded");
    assertThat(ask(rig, "hi", model("a")).status()).isEqualTo(429);
    assertThat(only().calls("load a")).isEqualTo(1);
    only().letGo();
    await().untilAsserted(() -> assertThat(ask(rig, "hi", model("a")).status()).isEqualTo(200));
    assertThat(only().calls("load a")).isEqualTo(1);
    assertThat(rig.outcomes("model_not_ready")).isGreaterThanOrEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "Boto3/1.44.5 ua/2.1 md/Botocore#1.44.5 cfg/retry-mode#standard Botocore/1.44.5, 503",
    "Boto3/1.44.5 ua/2.1 cfg/retry-mode#adaptive, 503",
    "Boto3/1.34.0 ua/2.0 cfg/retry-mode#legacy Botocore/1.34.0, 429",
    "curl/8.5.0, 429",
  })
  void anSdkThatWouldNotRetryWhatAwsSaysIsToldWhatItRetries(String agent, int status)
      throws Exception {
    GatewayFixture rig = rig(SHORT);
    only().holdLoads();

    Message notReady = ask(rig, "hi", model("a"), "User-Agent: " + agent);

    assertThat(notReady.status()).isEqualTo(status);
    assertThat(notReady.header("x-amzn-errortype")).isEqualTo("ModelNotReadyException");
    only().letGo();
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 5_000_000})
  void whoLeavesWhileItWaitsIsForgotten(int bytes) throws Exception {
    GatewayFixture rig = rig(LONG);
    only().holdLoads();
    RawConnection client = rig.connect();
    client.write(
        "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: router\r\n"
            + model("a")
            + "\r\nContent-Length: "
            + bytes
            + "\r\n\r\n"
            + "x".repeat(Math.min(bytes, 200_000)));
    await().until(() -> only().calls("load a") == 1);

    client.reset();

    await().until(() -> rig.inFlight() == 0);
    assertThat(rig.outcomes("client_gone")).isEqualTo(1);
    only().letGo();
    ok(rig, "a");
    assertThat(only().calls("invoke a")).isEqualTo(1);
  }

  @Test
  void aBigBodyStaysWithItsClientUntilTheModelIsThere() throws Exception {
    GatewayFixture rig = rig(LONG);
    only().holdLoads();
    String body = "y".repeat(20_000_000);
    try (RawConnection client = rig.connect()) {
      Thread writer = Thread.ofVirtual().start(() -> write(client, post(body, model("a"))));
      await().until(() -> only().calls("load a") == 1);
      assertThat(writer.join(Duration.ofMillis(300))).as("the whole body was read").isFalse();

      only().letGo();

      assertThat(client.readResponse().body()).isEqualTo("a: " + body);
      writer.join();
    }
  }

  private static void write(RawConnection client, String text) {
    try {
      client.write(text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404, 400, ValidationError, model_not_found, Model a not found",
    "400, 424, ModelError, model_load_failed, a word about a",
    "500, 424, ModelError, model_load_failed, a word about a",
    "504, 530, InternalDependencyException, model_load_broke, could not be loaded",
    "503, 429, ModelNotReadyException, model_not_ready, try again",
    "507, 424, ModelError, model_load_failed, a word about a",
  })
  void aLoadThatFailsSaysWhy(int answer, int status, String code, String outcome, String says)
      throws Exception {
    GatewayFixture rig = rig(LONG);
    only().refuse("a", answer);

    Message failed = ask(rig, "hi", model("a"));
    Message again = ask(rig, "hi", model("a"));

    assertThat(failed.status()).isEqualTo(status);
    assertThat(failed.header("x-amzn-errortype")).isEqualTo(code);
    assertThat(failed.body()).contains(says);
    assertThat(again.body()).isEqualTo(failed.body());
    assertThat(rig.outcomes(outcome)).isEqualTo(2);
    assertThat(only().calls("load a")).isEqualTo(1);
  }

  @Test
  void aModelErrorShowsWhatTheContainerSaid() throws Exception {
    only().refuse("a", 400);

    assertThat(ask(rig(LONG), "hi", model("a")).body())
        .contains("\"OriginalStatusCode\":400")
        .contains("Model a could not be loaded: a word about a")
        .contains("CLIENT_ERROR_FROM_MODEL");
  }

  @Test
  void theLeastUsedModelMakesRoomForAnother() throws Exception {
    GatewayFixture rig = rig(LONG);
    for (String target : List.of("a", "b", "c", "a")) {
      ok(rig, target);
    }

    assertThat(only().models()).containsExactly("a", "c");
  }

  @Test
  void sessionsAreNeverDroppedForAnotherModel() throws Exception {
    GatewayFixture rig = rig(LONG);
    String a = open(rig, "a");
    String b = open(rig, "b");

    Message full = ask(rig, "hi", model("c"));

    assertThat(full.status()).isEqualTo(503);
    assertThat(full.header("Retry-After")).isEqualTo("1");
    assertThat(ask(rig, "more", model("a"), session(a)).body()).isEqualTo("a: more");
    assertThat(ask(rig, "CLOSE", model("b"), session(b)).status()).isEqualTo(200);
    await().untilAsserted(() -> ok(rig, "c"));
    assertThat(only().models()).containsExactly("a", "c");
  }

  private static String open(GatewayFixture rig, String target) throws IOException {
    String header =
        ask(rig, "ctx", model(target), session("NEW_SESSION"))
            .header("X-Amzn-SageMaker-New-Session-Id");
    return header.substring(0, header.indexOf(';'));
  }

  @Test
  void aSessionLivesInItsModel() throws Exception {
    GatewayFixture rig = rig(LONG);
    String id = open(rig, "a");

    Message other = ask(rig, "more", model("b"), session(id));

    assertThat(other.status()).isEqualTo(400);
    assertThat(other.header("x-amzn-errortype")).isEqualTo("ValidationError");
    assertThat(other.body()).contains("lives in model a");
    assertThat(only().models()).containsExactly("a");
  }

  @Test
  void aSessionWhoseModelIsGoneIsLost() throws Exception {
    GatewayFixture rig = rig(LONG);
    String id = open(rig, "a");
    only().drop("a");

    Message lost = ask(rig, "more", model("a"), session(id));

    assertThat(lost.status()).isEqualTo(400);
    assertThat(lost.body()).contains("Session " + id + " is lost");
    assertThat(rig.sessions.known).containsEntry("chat:" + id, Missing.LOST);
    assertThat(rig.outcomes("session_lost")).isEqualTo(1);
  }

  @Test
  void aRetryFindsAModelThatWasUnloadedBehindOurBack() throws Exception {
    GatewayFixture rig = rig(LONG);
    ok(rig, "a");
    only().dropUntold("a");

    Message notReady = ask(rig, "hi", model("a"));

    assertThat(notReady.status()).isEqualTo(429);
    assertThat(notReady.header("x-amzn-errortype")).isEqualTo("ModelNotReadyException");
    ok(rig, "a");
    assertThat(only().calls("load a")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 400, 500})
  void aModelsOwnErrorIsPassedOn(int status) throws Exception {
    GatewayFixture rig = rig(LONG);

    Message failed = ask(rig, "fail " + status, model("a"));

    assertThat(failed.status()).isEqualTo(424);
    assertThat(failed.body()).contains("\"OriginalStatusCode\":" + status).contains("told to fail");
    assertThat(only().models()).containsExactly("a");
  }

  @Test
  void anotherReplicasUnloadsAndLoadsAreFoundOut() throws Exception {
    GatewayFixture ours = rig(LONG);
    GatewayFixture theirs = rig(LONG);
    ok(ours, "a");
    ok(theirs, "a");
    ok(ours, "b");
    ok(theirs, "c");
    assertThat(only().models()).containsExactly("b", "c");

    Message stale = ask(ours, "hi", model("a"));

    assertThat(stale.status()).as("known by now, or found out by asking").isIn(200, 429);
    ok(ours, "a");
    assertThat(only().models()).contains("a").hasSize(2);
  }

  @Test
  void aRouterThatStartsFindsWhatIsLoaded() throws Exception {
    ModelContainer second = container(5);
    ok(rig(LONG), "a");
    ok(rig(LONG), "a");
    ok(rig(LONG), "a");

    assertThat(Stream.of(only(), second).mapToLong(c -> c.calls("load a")).sum()).isEqualTo(1);
  }

  @Test
  void sessionsLimitedInNumberAreOpenedWhereThereIsRoomForThem() throws Exception {
    ModelContainer second = container(5);
    GatewayFixture.Plan plan = new GatewayFixture.Plan();
    plan.maxPerInstance = 1;
    GatewayFixture rig = rig(LONG, plan);

    open(rig, "a");
    open(rig, "a");
    Message full = ask(rig, "ctx", model("a"), session("NEW_SESSION"));

    assertThat(only().models()).containsExactly("a");
    assertThat(second.models()).containsExactly("a");
    assertThat(full.status()).isEqualTo(503);
    assertThat(full.header("x-amzn-errortype")).isEqualTo("ServiceUnavailable");
  }

  @Test
  void aDeadInstanceIsPassedOver() throws Exception {
    ModelContainer second = container(5);
    only().close();
    GatewayFixture rig = rig(LONG);

    for (String target : List.of("a", "b", "c")) {
      ok(rig, target);
    }
    assertThat(second.models()).containsExactly("a", "b", "c");
  }

  @Test
  void theModelMustBeNamed() throws Exception {
    Message missing = ask(rig(LONG), "hi");

    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.header("x-amzn-errortype")).isEqualTo("ValidationError");
    assertThat(missing.body()).contains("TargetModel is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../a", "//a", "a//b", "a%2fb", "s3://x/a", "a\\b", "a?b"})
  void theModelMayNotLeaveThePrefix(String target) throws Exception {
    Message refused = ask(rig(LONG), "hi", model(target));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.header("x-amzn-errortype")).isEqualTo("ValidationError");
    assertThat(refused.body()).contains("TargetModel is invalid");
    assertThat(only().calls()).isEmpty();
  }

  @Test
  void responseStreamsComeFromModelsToo() throws Exception {
    GatewayFixture rig = rig(LONG);
    try (RawConnection client = rig.connect()) {
      Message answer =
          client
              .write(
                  post("hi", model("a"))
                      .replace("/invocations HTTP", "/invocations-response-stream HTTP"))
              .readResponse();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("a: hi");
    }
  }

  @Test
  void wordsOfOthersAreNotLabels() throws Exception {
    GatewayFixture rig = rig(LONG);
    ok(rig, "secret-name.tar.gz");

    assertThat(rig.registry.getMeters())
        .allSatisfy(
            meter ->
                assertThat(meter.getId().getTags())
                    .allSatisfy(tag -> assertThat(tag.getValue()).doesNotContain("secret")));
  }
}
