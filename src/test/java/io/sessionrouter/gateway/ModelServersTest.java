package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.container.Model;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.gateway.RawConnection.Message;
import io.sessionrouter.session.SharedMarks;
import io.sessionrouter.testing.ModelServer;
import io.sessionrouter.testing.ModelServer.Kind;
import io.sessionrouter.testing.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Routers over containers that answer as the model servers in the wild do, over real sockets; two
 * replicas share a real Redis.
 */
@Tag("slow")
class ModelServersTest {
  private static final String PREFIX = "s3://bucket/servers";
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static RedisProcess redis;

  private final List<ModelServer> servers = new ArrayList<>();
  private final List<GatewayFixture> rigs = new ArrayList<>();
  private final List<RawConnection> clients = new ArrayList<>();
  private final List<SharedMarks> marks = new ArrayList<>();
  private Duration retryFailedAfter = LONG;

  @BeforeAll
  static void startRedis() {
    redis = RedisProcess.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @AfterEach
  void stop() throws IOException {
    servers.forEach(ModelServer::letGo);
    for (RawConnection client : clients) {
      client.close();
    }
    rigs.forEach(GatewayFixture::close);
    servers.forEach(ModelServer::close);
    marks.forEach(SharedMarks::close);
    redis.client().flushAll();
  }

  private ModelServer server(Kind kind, int room) throws IOException {
    ModelServer started = new ModelServer(kind, room);
    servers.add(started);
    return started;
  }

  /** A replica that hears of others. */
  private GatewayFixture replica() throws Exception {
    SharedMarks shared = new SharedMarks(redis.options());
    marks.add(shared);
    GatewayFixture.Plan plan = new GatewayFixture.Plan();
    plan.marks = shared.marks();
    return rig(plan);
  }

  /** A replica whose Redis is away. */
  private GatewayFixture alone() throws Exception {
    return rig(new GatewayFixture.Plan());
  }

  private GatewayFixture rig(GatewayFixture.Plan plan) throws Exception {
    plan.models = new ModelsSettings(PREFIX, LONG, Duration.ofMinutes(6), 16, retryFailedAfter);
    plan.clients = null;
    plan.instances = null;
    GatewayFixture rig =
        new GatewayFixture(plan, servers.stream().mapToInt(ModelServer::port).toArray());
    rigs.add(rig);
    return rig;
  }

  private RawConnection send(GatewayFixture rig, String target) throws IOException {
    RawConnection client = rig.connect();
    clients.add(client);
    return client.write(post("hi", "X-Amzn-SageMaker-Target-Model: " + target));
  }

  private Message ask(GatewayFixture rig, String target) throws IOException {
    return send(rig, target).readResponse();
  }

  private void serves(GatewayFixture rig, String target) throws IOException {
    served(ask(rig, target), target);
  }

  private static void served(Message answer, String target) {
    assertThat(answer.body()).isEqualTo(target + ": hi");
    assertThat(answer.status()).isEqualTo(200);
  }

  private static String name(String target) {
    return Model.of(PREFIX, target).name();
  }

  private static String url(String target) {
    return Model.of(PREFIX, target).url();
  }

  private long posts(String target) {
    return servers.stream().mapToLong(s -> s.calls("POST " + target)).sum();
  }

  @ParameterizedTest
  @EnumSource
  void allWaitForALoadWhoeverBeganIt(Kind kind) throws Exception {
    ModelServer only = server(kind, 4);
    GatewayFixture one = replica();
    GatewayFixture two = replica();
    only.holdLoads();

    List<RawConnection> waiting = new ArrayList<>(List.of(send(one, "a")));
    await().until(() -> posts("a") == 1);
    for (GatewayFixture rig : List.of(one, two, two, one)) {
      waiting.add(send(rig, "a"));
    }
    await().until(() -> one.inFlight() == 3 && two.inFlight() == 2);
    // The second replica lists models when it is first asked for one: it has heard the name.
    served(ask(two, "a", only), "a");
    for (RawConnection client : waiting) {
      served(client.readResponse(), "a");
    }

    assertThat(posts("a")).isEqualTo(1);
    assertThat(only.calls()).doesNotContain("DELETE a");
  }

  /** Lets the load go when the request waits too. */
  private Message ask(GatewayFixture rig, String target, ModelServer held) throws IOException {
    double before = rig.inFlight();
    RawConnection client = send(rig, target);
    await().until(() -> rig.inFlight() > before);
    held.letGo();
    return client.readResponse();
  }

  @ParameterizedTest
  @EnumSource(names = {"TORCHSERVE", "DJL"})
  void withoutRedisTheContainerTellsThatItIsStillLoading(Kind kind) throws Exception {
    ModelServer only = server(kind, 4);
    GatewayFixture one = alone();
    GatewayFixture two = alone();
    only.holdLoads();
    RawConnection first = send(one, "a");
    await().until(() -> posts("a") == 1);

    RawConnection second = send(two, "a");
    await().until(() -> posts("a") == 2);
    only.letGo();

    served(first.readResponse(), "a");
    served(second.readResponse(), "a");
    assertThat(only.calls()).doesNotContain("DELETE a");
  }

  @ParameterizedTest
  @EnumSource
  void aFailureIsRememberedByAllReplicasWithItsWords(Kind kind) throws Exception {
    ModelServer only = server(kind, 4);
    GatewayFixture one = replica();
    GatewayFixture two = replica();
    only.fail("a", 500);

    Message failed = ask(one, "a");
    only.fail("a", 0);

    assertThat(failed.status()).isEqualTo(424);
    assertThat(failed.header("x-amzn-errortype")).isEqualTo("ModelError");
    assertThat(failed.body())
        .contains("\"OriginalStatusCode\":500", "Failed to start workers for a");
    for (GatewayFixture rig : List.of(one, two, one, two)) {
      assertThat(ask(rig, "a").body()).isEqualTo(failed.body());
    }
    assertThat(posts("a")).isEqualTo(1);
    assertThat(only.calls()).noneMatch(call -> call.startsWith("invoke"));
  }

  @ParameterizedTest
  @EnumSource
  void whatHadNoMemoryIsLoadedWhenThereIsRoom(Kind kind) throws Exception {
    retryFailedAfter = SHORT;
    ModelServer only = server(kind, 0);
    GatewayFixture rig = replica();

    assertThat(ask(rig, "a").body()).contains("\"OriginalStatusCode\":507");
    assertThat(only.names()).as("what is left of it").isEmpty();
    only.room(1);

    await().until(() -> ask(rig, "a").status() == 200);
    assertThat(posts("a")).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void roomIsMadeAndWhatHadNoneBeforeServes(Kind kind) throws Exception {
    ModelServer only = server(kind, 2);
    GatewayFixture rig = replica();

    for (String target : List.of("a", "b", "c", "d", "a")) {
      serves(rig, target);
    }

    assertThat(only.serving()).containsExactly("a", "d");
    assertThat(only.names()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"MMS", "TORCHSERVE"})
  void aNameThatWasLeftBehindIsTakenAwayOnce(Kind kind) throws Exception {
    ModelServer only = server(kind, 4);
    only.leaveBehind(name("a"), url("a"));
    GatewayFixture rig = replica();

    serves(rig, "a");

    assertThat(only.calls()).containsExactly("POST a", "DELETE a", "POST a", "invoke a");
  }

  @Test
  void aContainerThatStartsNoWorkerIsNotAskedForEver() throws Exception {
    ModelServer only = server(Kind.TORCHSERVE, 4);
    only.startNoWorkers();
    GatewayFixture rig = replica();

    Message failed = ask(rig, "a");

    assertThat(failed.status()).isEqualTo(424);
    assertThat(failed.body()).contains("started no worker for it");
    assertThat(ask(rig, "a").body()).isEqualTo(failed.body());
    assertThat(only.calls()).containsExactly("POST a", "DELETE a");
  }

  @ParameterizedTest
  @EnumSource
  void whatOthersLoadedIsFoundOnEveryPage(Kind kind) throws Exception {
    ModelServer only = server(kind, 1000);
    IntStream.range(0, 200).mapToObj(i -> "m" + i).forEach(t -> only.load(name(t), url(t)));
    GatewayFixture rig = replica();

    for (String target : List.of("m0", "m99", "m150", "m199")) {
      serves(rig, target);
    }

    assertThat(only.calls()).noneMatch(call -> call.startsWith("POST"));
  }

  @Test
  void aModelThatLostItsWorkersIsLoadedAnew() throws Exception {
    ModelServer only = server(Kind.TORCHSERVE, 4);
    GatewayFixture rig = replica();
    serves(rig, "a");
    only.leaveBehind(name("a"), url("a"));

    assertThat(ask(rig, "a").header("x-amzn-errortype")).isEqualTo("ModelNotReadyException");
    serves(rig, "a");
  }

  @ParameterizedTest
  @EnumSource
  void forAModelThatNeverFitsOneInstanceIsClearedAtMost(Kind kind) throws Exception {
    retryFailedAfter = SHORT;
    server(kind, 2).size("big", 3);
    server(kind, 2).size("big", 3);
    GatewayFixture rig = replica();
    List<String> small = List.of("a", "b", "c", "d");
    for (String target : small) {
      serves(rig, target);
    }

    Message failed = ask(rig, "big");

    assertThat(failed.status()).isEqualTo(424);
    assertThat(failed.body()).contains("\"OriginalStatusCode\":507");
    assertThat(serving()).as("what is left").hasSizeGreaterThanOrEqualTo(2);
    for (String target : small) {
      serves(rig, target);
    }
    assertThat(serving()).containsExactlyInAnyOrderElementsOf(small);
    long begun = posts("big");
    await().until(() -> ask(rig, "big").status() == 424 && posts("big") > begun);
    assertThat(serving()).containsExactlyInAnyOrderElementsOf(small);
  }

  private List<String> serving() {
    return servers.stream().flatMap(server -> server.serving().stream()).toList();
  }

  @Test
  void whereOneInstanceIsEmptyNobodyLosesAModelForOneThatNeverFits() throws Exception {
    server(Kind.MMS, 2).size("big", 3);
    GatewayFixture rig = replica();
    serves(rig, "a");
    serves(rig, "b");
    server(Kind.MMS, 2).size("big", 3);
    GatewayFixture wider = replica();

    assertThat(ask(wider, "big").body()).contains("\"OriginalStatusCode\":507");

    assertThat(deletes("a") + deletes("b")).isZero();
  }

  private long deletes(String target) {
    return servers.stream().mapToLong(s -> s.calls("DELETE " + target)).sum();
  }
}
