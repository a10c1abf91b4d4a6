package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.FirstQuestion;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Three routers are restarted one after the other while they are used, and nobody notices: neither
 * users who talk through whichever is ready, nor those whose streams run while their router ends.
 */
@ExtendWith(SharedSystem.class)
class RollingRestartIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("rolling-restart"));
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int USERS = 6;
  private static final String STEPPED = "stepped";
  private static SteppedInstance stepped;
  private static List<RouterPlan> plans;
  private static List<Restartable> routers;

  @BeforeAll
  static void startRouters(TestSystem system) throws IOException {
    stepped = SteppedInstance.start();
    plans =
        IntStream.range(0, 3).mapToObj(i -> system.another(system.redis()).with(more())).toList();
    routers =
        IntStream.range(0, 3)
            .mapToObj(
                i ->
                    Restartable.start(
                        CHILDREN, system.services().router("router-" + i, plans.get(i))))
            .toList();
    routers.forEach(Restartable::awaitReady);
    plans.forEach(plan -> new FirstQuestion(plan.invocations()).awaitAnswer());
    plans.forEach(plan -> new FirstQuestion(plan.at(STEPPED).invocations()).awaitAnswer());
  }

  /** A busy machine may be slow to connect, which is not what is tested. */
  private static Map<String, String> more() {
    return Map.of(
        "session-router.drain.delay", "5s",
        "session-router.drain.timeout", "10m",
        "session-router.endpoints.stepped.variants.main.instances", stepped.url().toString(),
        "session-router.endpoints.stepped.timeouts.connect", "20s",
        "session-router.endpoints.stepped.health.timeout", "20s");
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
    stepped.close();
  }

  @Test
  void failsNoRequestBreaksNoStreamAndLosesNoSession() throws Exception {
    String kept = new RouterClient(plans.getFirst()).open().session();
    try (ReadyRouters ready = new ReadyRouters(plans)) {
      Load load = new Load(ready, USERS);
      try (load) {
        awaitProgress(load);
        for (int i = 0; i < routers.size(); i++) {
          restart(routers.get(i), plans.get(i), load);
        }
      }
      assertThat(load.failures()).as("failures beside %d answers", load.answers()).isEmpty();
    }

    for (RouterPlan plan : plans) {
      new RouterClient(plan).ask(kept).requireAnswer(RouterClient.REMEMBERED);
    }
  }

  private static void restart(Restartable router, RouterPlan plan, Load load) throws Exception {
    List<String> sessions = endWithStreams(router, plan, load);
    awaitProgress(load);
    router.ensureRunning();
    awaitProgress(load);
    RouterClient client = new RouterClient(plan.at(STEPPED));
    for (String session : sessions) {
      client.post(session, "still there?").requireStatus(200);
    }
  }

  /** Its end, with streams that run when the signal comes and when the port is closed. */
  private static List<String> endWithStreams(Restartable router, RouterPlan plan, Load load)
      throws Exception {
    try (HeldStreams streams = HeldStreams.open(plan.at(STEPPED), stepped)) {
      router.signal();
      streams.step();
      await("the port is closed")
          .atMost(PATIENCE)
          .until(() -> !Ports.answers("127.0.0.1", plan.port()));
      awaitProgress(load);
      streams.step();
      streams.endWhole();
      assertThat(router.awaitExit(PATIENCE)).as("exit code").isZero();
      return streams.sessions();
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
