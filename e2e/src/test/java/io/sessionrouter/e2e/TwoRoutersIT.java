package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.FirstQuestion;
import io.sessionrouter.local.RouterPlan;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two replicas of the router over one Redis are one router to their clients. */
@ExtendWith(SharedSystem.class)
class TwoRoutersIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("two-routers"));
  private static RouterClient a;
  private static RouterClient b;

  @BeforeAll
  static void startSecondRouter(TestSystem system) {
    RouterPlan second = system.another(system.redis());
    CHILDREN.startAndAwait(system.services().router("router-b", second));
    new FirstQuestion(second.invocations()).awaitAnswer();
    a = new RouterClient(system.router());
    b = new RouterClient(second);
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
  }

  @RepeatedTest(10)
  void agreeAtOnceOnASessionsBeginAndEnd() {
    String session = a.open().session();

    b.ask(session).requireAnswer(RouterClient.REMEMBERED);
    assertThat(a.close(session).requireStatus(200).header("X-Amzn-SageMaker-Closed-Session-Id"))
        .contains(session);

    b.ask(session).requireRefusal("closed");
    a.ask(session).requireRefusal("closed");
  }

  @Test
  void agreeOnASessionClosedByTheOneThatDidNotOpenIt() {
    String session = a.open().session();
    a.ask(session).requireAnswer(RouterClient.REMEMBERED);

    b.close(session).requireStatus(200);

    a.ask(session).requireRefusal("closed");
  }

  @Test
  void tellAnUnknownSessionFromAClosedOne() {
    b.ask("never-opened").requireRefusal("never-opened");
  }
}
