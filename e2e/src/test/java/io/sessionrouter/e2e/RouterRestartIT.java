package io.sessionrouter.e2e;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.FirstQuestion;
import io.sessionrouter.local.RouterPlan;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions outlive the router that opened them. */
@ExtendWith(SharedSystem.class)
class RouterRestartIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("router-restart"));
  private static Restartable router;
  private static RouterPlan plan;

  @BeforeAll
  static void startRouter(TestSystem system) {
    plan = system.another(system.redis());
    router = Restartable.start(CHILDREN, system.services().router("router", plan)).awaitReady();
    new FirstQuestion(plan.invocations()).awaitAnswer();
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
  }

  static Stream<Named<Consumer<Restartable>>> ends() {
    return Stream.of(
        Named.of("killed", Restartable::kill), Named.of("stopped", Restartable::terminate));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void sessionsGoOn(Consumer<Restartable> end) {
    RouterClient client = new RouterClient(plan);
    String session = client.open().session();
    String closed = client.open().session();
    client.close(closed).requireStatus(200);

    end.accept(router);
    router.ensureRunning();

    client.ask(session).requireAnswer(RouterClient.REMEMBERED);
    client.ask(closed).requireRefusal("closed");
    client.close(session).requireStatus(200);
  }
}
