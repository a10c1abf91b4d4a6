package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Services;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of sessions, and of new ones, when an instance is killed. */
@ExtendWith(SharedSystem.class)
class InstanceLossIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("instance-loss"));
  private static final String ENDPOINT = "loss";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static Restartable first;
  private static Restartable second;
  private static RouterClient client;
  private static RouterPlan both;
  private static RouterPlan solo;

  @BeforeAll
  static void start(TestSystem system) {
    Services services = system.services();
    first = Restartable.start(CHILDREN, services.container("container-1", Ports.free()));
    second = Restartable.start(CHILDREN, services.container("container-2", Ports.free()));
    first.awaitReady();
    second.awaitReady();
    both = plan(system, ENDPOINT, first, second);
    solo = plan(system, "solo", first);
    CHILDREN.start(services.router("router-solo", solo));
    CHILDREN.startAndAwait(services.router("router", both));
    client = new RouterClient(both);
  }

  private static RouterPlan plan(TestSystem system, String endpoint, Restartable... instances) {
    List<URI> urls = Stream.of(instances).map(instance -> instance.service().url()).toList();
    return new RouterPlan(Ports.free(), Ports.free(), system.redis(), endpoint, urls);
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
  }

  @BeforeEach
  void bothRun() {
    first.ensureRunning();
    second.ensureRunning();
    FleetHealth.awaitAll(both);
  }

  @Test
  void endsItsSessionsAndOnlyThose() {
    String lost = sessionOn(first);
    String kept = sessionOn(second);

    first.kill();

    awaitLoss(lost);
    client.ask(lost).requireRefusal("gone");
    client.ask(kept).requireAnswer(RouterClient.REMEMBERED);
  }

  @Test
  void sendsNewSessionsToTheOtherOneAtOnce() {
    sessionOn(first);
    first.kill();

    for (int i = 0; i < 5; i++) {
      String session = client.open().session();

      assertThat(client.holds(second.service(), session)).as("is on the other one").isTrue();
      client.ask(session).requireAnswer(RouterClient.REMEMBERED);
    }
    client.stateless().requireStatus(200);
  }

  @Test
  void isForGoodEvenIfAnInstanceComesBackAtTheSameAddress() {
    String lost = sessionOn(first);

    first.kill();
    first.ensureRunning();

    awaitLoss(lost);
    String fresh = sessionOn(first);
    client.ask(fresh).requireAnswer(RouterClient.REMEMBERED);
    client.ask(lost).requireRefusal("gone");
  }

  @Test
  void isCountedAndGivesSlotsBackAlthoughNobodyAsksAgain() {
    sessionOn(first);
    double before = counted();

    first.kill();
    first.ensureRunning();

    await("losses counted").atMost(PATIENCE).until(() -> counted() > before);
    await("no sessions held").atMost(PATIENCE).until(() -> held(first) == 0);
  }

  private static double counted() {
    return client
        .manage("/q/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("session_router_sessions_ended_total{cause=\"lost_"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static int held(Restartable instance) {
    String form =
        "\"id\":\"" + instance.service().url().getAuthority() + "\".*?\"sessions\":(\\d+)";
    Matcher found =
        java.util.regex.Pattern.compile(form)
            .matcher(client.manage("/v1/endpoints/loss/instances").body());
    assertThat(found.find()).as("the instance").isTrue();
    return Integer.parseInt(found.group(1));
  }

  @Test
  void isWaitedOutByBoto3WhenAnInstanceComesBack() throws Exception {
    first.kill();
    Map<String, String> environment = Map.of("ROUTER_URL", solo.url().toString());

    try (Program open = Python.start("retry.py", environment, solo.endpoint())) {
      open.awaitOutput("attempt 1: 503");
      first.ensureRunning();

      open.awaitExit(0);
      assertThat(open.output()).contains("opened").contains("remembered");
    }
  }

  /** The next session goes where the fewest are, so it is a matter of some tries. */
  private static String sessionOn(Restartable instance) {
    return await("a session on " + instance.service().url())
        .atMost(PATIENCE)
        .until(() -> client.open().session(), session -> client.holds(instance.service(), session));
  }

  /** Until the router is sure it may put clients off, but never let anybody else answer. */
  private static void awaitLoss(String session) {
    await("the loss of the session")
        .atMost(PATIENCE)
        .until(
            () -> {
              Reply reply = client.ask(session);
              if (reply.status() != 400) {
                reply.requireUnavailable();
              }
              return reply.status() == 400;
            });
    client.ask(session).requireRefusal("gone");
  }
}
