package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.Child;
import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What goes on without Redis, what does not, and that all comes back with it. */
@ExtendWith(SharedSystem.class)
class RedisOutageIT {
  private static final Path FOLDER = TestSystem.folder("redis-outage");
  private static final Children CHILDREN = new Children(FOLDER);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String READY = "/q/health/ready";
  private static final String LIVE = "/q/health/live";

  private static Restartable redis;
  private static RouterPlan plan;
  private static RouterClient a;
  private static RouterClient b;

  @BeforeAll
  static void start(TestSystem system) {
    redis = Restartable.start(CHILDREN, durableRedis(system)).awaitReady();
    plan = system.another(redis.service().url());
    RouterPlan second = system.another(redis.service().url());
    Child routerA = CHILDREN.start(system.services().router("router-a", plan));
    Child routerB = CHILDREN.start(system.services().router("router-b", second));
    routerA.awaitReady();
    routerB.awaitReady();
    a = new RouterClient(plan);
    b = new RouterClient(second);
  }

  private static Service durableRedis(TestSystem system) {
    List<String> durable = List.of("--save", "", "--appendonly", "yes", "--appendfsync", "always");
    return system.services().redis("redis", Ports.free(), FOLDER.resolve("redis-data"), durable);
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
  }

  @BeforeEach
  void redisRuns() {
    redis.ensureRunning();
    awaitReadiness(a, 200);
    awaitReadiness(b, 200);
  }

  @Test
  void leavesSessionsThatAReplicaKnows() {
    String known = a.open().session();

    redis.kill();

    a.ask(known).requireAnswer(RouterClient.REMEMBERED);
    a.stateless().requireStatus(200);
  }

  @Test
  void putsOffWhatWouldHaveToBeGuessed() {
    String known = a.open().session();

    redis.kill();

    b.ask(known).requireUnavailable();
    b.open().requireUnavailable();
    b.ask("never-opened").requireUnavailable();
  }

  @Test
  void endsReadinessButNotLiveness() {
    redis.kill();

    awaitReadiness(a, 503);
    assertThat(a.manage(READY).body()).contains("DOWN");
    assertThat(a.manage(LIVE).requireStatus(200).body()).contains("UP");
  }

  @Test
  void isOverWhenRedisComesBackWithItsData() {
    String known = a.open().session();
    redis.kill();
    b.ask(known).requireUnavailable();

    redis.ensureRunning();

    awaitReadiness(b, 200);
    b.ask(known).requireAnswer(RouterClient.REMEMBERED);
    b.close(known).requireStatus(200);
    awaitReadiness(a, 200);
    a.ask(known).requireRefusal("closed");
    a.ask(a.open().session()).requireAnswer(RouterClient.REMEMBERED);
  }

  @Test
  void isWaitedOutByBoto3() throws Exception {
    redis.kill();
    Map<String, String> environment = Map.of("ROUTER_URL", plan.url().toString());

    try (Program open = Python.start("retry.py", environment, plan.endpoint())) {
      open.awaitOutput("attempt 1: 503");
      redis.ensureRunning();

      open.awaitExit(0);
      assertThat(open.output()).contains("opened").contains("remembered");
    }
  }

  private static void awaitReadiness(RouterClient router, int status) {
    await("readiness " + status)
        .atMost(PATIENCE)
        .until(() -> router.manage(READY).status(), is -> is == status);
  }
}
