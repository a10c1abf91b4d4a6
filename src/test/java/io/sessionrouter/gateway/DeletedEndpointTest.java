package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.endpoint.EndpointPhase;
import io.sessionrouter.gateway.RawConnection.Message;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** An endpoint is deleted while requests to it are on their way. */
class DeletedEndpointTest {
  private static final String DELETED = "Endpoint chat was deleted, and session one ended with it.";
  private static final String NOT_FOUND = "Endpoint chat not found.";

  /** The session's lookup is answered when the endpoint is in the given phase. */
  private static Message resumed(GatewayFixture rig, EndpointPhase phase) throws Exception {
    rig.bind("one", 0, "");
    return lookedUp(rig, phase);
  }

  private static Message lookedUp(GatewayFixture rig, EndpointPhase phase) throws Exception {
    rig.sessions.cached = false;
    rig.sessions.holdAnswers = true;
    try (var client = rig.connect()) {
      client.write(post("x", session("one")));
      await().until(() -> rig.sessions.heldAnswers.size() == 1);
      rig.endpointIs(phase);
      rig.sessions.heldAnswers.remove().complete();
      return client.readResponse();
    }
  }

  private static void requireRefused(RawServer container, Message answer, String why) {
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("x-amzn-ErrorType")).isEqualTo("ValidationError");
    assertThat(answer.body()).contains(why);
    assertThat(container.heads()).isEmpty();
  }

  @Test
  void aSessionThatIsBeingLookedUpHasEnded() throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container)) {
      requireRefused(container, resumed(rig, EndpointPhase.DELETED), DELETED);
      assertThat(rig.outcomes("endpoint_deleted")).isOne();
      assertThat(rig.inFlight()).isZero();
    }
  }

  @Test
  void aRecordThatIsGoneAlreadyIsNoUnknownSession() throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container)) {
      rig.sessions.known.put("chat:one", Missing.UNKNOWN);
      requireRefused(container, lookedUp(rig, EndpointPhase.DELETED), DELETED);
    }
  }

  @Test
  void aRetiredEndpointAnswersTheSession() throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container)) {
      assertThat(resumed(rig, EndpointPhase.RETIRED).body()).isEqualTo("hi");
    }
  }

  @Test
  void anOpeningThatWaitsForASlotOpensNothing() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxPerInstance = 1;
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      rig.sessions.holdAnswers = true;
      client.write(post("x", session("NEW_SESSION")));
      await().until(() -> rig.sessions.heldAnswers.size() == 1);
      rig.endpointIs(EndpointPhase.DELETED);
      rig.sessions.heldAnswers.remove().complete();

      requireRefused(container, client.readResponse(), NOT_FOUND);
      await().untilAsserted(() -> assertThat(rig.sessions.slots).isEmpty());
    }
  }

  @Test
  void aConnectThatIsWaitedForIsNotTriedAgain() throws Exception {
    var plan = new GatewayFixture.Plan();
    try (var full = new FullBacklog();
        var container = RawServer.answering(ok("hi"));
        var rig = new GatewayFixture(plan, full.port(), container.port());
        var client = rig.connect()) {
      client.write(post("x"));
      await().until(() -> rig.inFlight() == 1);
      rig.endpointIs(EndpointPhase.DELETED);

      requireRefused(container, client.readResponse(), NOT_FOUND);
    }
  }

  @Test
  void aRequestThatItsInstanceHasGoesOn() throws Exception {
    var end = new CountDownLatch(1);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  end.await();
                  c.write(ok("hi"));
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("one", 0, "");
      client.write(post("x", session("one")));
      await().until(() -> container.heads().size() == 1);
      rig.endpointIs(EndpointPhase.DELETED);
      end.countDown();

      assertThat(client.readResponse().body()).isEqualTo("hi");
    }
  }
}
