package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three routers are restarted one after the other while they are used, and nobody notices. */
@ExtendWith(SharedSystem.class)
class RollingRestartIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("rolling-restart"));
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int USERS = 6;
  private static List<RouterPlan> plans;
  private static List<Restartable> routers;

  @BeforeAll
  static void startRouters(TestSystem system) {
    plans =
        IntStream.range(0, 3)
            .mapToObj(
                i ->
                    system.another(system.redis()).with(Map.of("session-router.drain.delay", "5s")))
            .toList();
    routers =
        IntStream.range(0, 3)
            .mapToObj(
                i ->
                    Restartable.start(
                        CHILDREN, system.services().router("router-" + i, plans.get(i))))
            .toList();
    routers.forEach(Restartable::awaitReady);
    plans.forEach(plan -> new FirstQuestion(plan.invocations()).awaitAnswer());
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
  }

  @Test
  void failsNoRequestAndLosesNoSession() {
    String kept = new RouterClient(plans.getFirst()).open().session();
    long answers;
    List<String> failures;
    try (ReadyRouters ready = new ReadyRouters(plans);
        Load load = new Load(ready, USERS)) {
      awaitProgress(load);
      for (Restartable router : routers) {
        router.signal();
        awaitProgress(load);
        assertThat(router.awaitExit(PATIENCE)).as("exit code").isZero();
        awaitProgress(load);
        router.ensureRunning();
        awaitProgress(load);
      }
      load.close();
      answers = load.answers();
      failures = load.failures();
    }

    assertThat(failures).as("failures beside %d answers", answers).isEmpty();
    for (RouterPlan plan : plans) {
      new RouterClient(plan).ask(kept).requireAnswer(RouterClient.REMEMBERED);
    }
  }

  /** What happens next happens under load. */
  private static void awaitProgress(Load load) {
    long before = load.answers();
    await("answers")
        .atMost(PATIENCE)
        .until(() -> load.answers() >= before + 3 * USERS || !load.failures().isEmpty());
  }
}
