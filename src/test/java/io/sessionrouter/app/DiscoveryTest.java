package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.sessionrouter.domain.Session;
import io.sessionrouter.session.Sessions;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Discovery over the whole application. */
@QuarkusTest
@QuarkusTestResource(value = Cluster.class, restrictToAnnotatedClass = true)
@Tag("slow")
class DiscoveryTest extends DiscoveryBehaviour {
  @Inject Sessions sessions;

  /** Another replica has met the pod already, and this one must not call its session lost. */
  @Test
  void aSessionOfAPodThatIsNotSeenYetIsNotLost() {
    String id = UUID.randomUUID().toString();
    long now = System.currentTimeMillis();
    Session elsewhere = new Session(id, "chat-9", "boot", "main", "", "", now, now + 600_000, now);
    sessions.open("pods", elsewhere).toCompletionStage().toCompletableFuture().join();

    Response answer = RunningRouter.invoke("pods", id);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.header("x-amzn-errortype")).isEqualTo("ServiceUnavailable");
    when().get("/v1/sessions/pods/" + id).then().statusCode(200);
  }
}
