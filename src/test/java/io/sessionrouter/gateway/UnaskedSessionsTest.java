package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.response;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.gateway.RawConnection.Message;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers begin sessions in answers that nobody asked for one in, or that the client does not
 * get. Each is stored and told, or closed on its container; none is left to itself.
 */
@Tag("slow")
class UnaskedSessionsTest {
  private static final String ID = "6a0c2f6e-0d5a-4d53-9d0e-1f6d3b7a9c11";
  private static final String USUAL = "X-Amzn-SageMaker-Session-Id: ";
  private static final String NEW = "X-Amzn-SageMaker-New-Session-Id";
  private static final String CLOSED = "X-Amzn-SageMaker-Closed-Session-Id";
  private static final String BEGUN = USUAL + ID + "; Expires=2999-01-01T00:00:00Z";

  /** As our own container, AWS's container standards, and TorchServe's examples do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        BEGUN,
        NEW + ": " + ID + "; Expires=2999-01-01T00:00:00Z",
        NEW + ": " + ID,
        USUAL + ID
      })
  void keepsASessionThatAStatelessRequestBegan(String header) throws Exception {
    try (var container = RawServer.answering(ok("hi", header));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("{\"requestType\":\"NEW_SESSION\"}"));
      Message answer = client.readResponse();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hi");
      assertThat(answer.header(NEW)).startsWith(ID + "; Expires=20");
      assertThat(rig.sessions.known.get("chat:" + ID)).isInstanceOf(Found.class);
      client.write(post("more", session(ID)));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(rig.closedOnContainer).isEmpty();
      await().until(() -> rig.sessions.inUse.isEmpty());
    }
  }

  @Test
  void holdsTheAnswerUntilTheSessionIsStored() throws Exception {
    try (var container = RawServer.answering(ok("hi", BEGUN));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.holdOpens = true;
      client.write(post("x"));
      await().until(() -> rig.sessions.heldOpens.size() == 1);
      assertThat(rig.sessions.known).isEmpty();
      rig.sessions.heldOpens.poll().complete(true);
      assertThat(client.readResponse().header(NEW)).startsWith(ID);
    }
  }

  @Test
  void closesASessionThatCannotBeStored() throws Exception {
    try (var container = RawServer.answering(ok("hi", BEGUN));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.away = true;
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(530);
      assertThat(answer.body()).contains("it was closed again");
      assertThat(rig.closedOnContainer).extracting("id").containsExactly(ID);
    }
  }

  /** A bare id may be no session; the request asked for none, and does not depend on the store. */
  @Test
  void doesNotFailARequestForABareId() throws Exception {
    try (var container = RawServer.answering(ok("hi", USUAL + ID));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.away = true;
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header(NEW)).isNull();
      assertThat(rig.closedOnContainer).extracting("id").containsExactly(ID);

      rig.sessions.away = false;
      rig.bind(ID, 0, "");
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(rig.sessions.known.get("chat:" + ID)).isInstanceOf(Found.class);
      assertThat(rig.closedOnContainer).hasSize(1);
    }
  }

  @Test
  void closesASessionForWhichThereIsNoSlot() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxPerInstance = 1;
    try (var container = RawServer.answering(ok("hi", BEGUN));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("as many sessions as it may");
      assertThat(rig.closedOnContainer).extracting("id").containsExactly(ID);
      assertThat(rig.sessions.known).doesNotContainKey("chat:" + ID);
    }
  }

  @Test
  void countsASessionWithinTheSlots() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxPerInstance = 1;
    try (var container = RawServer.answering(ok("hi", BEGUN));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().header(NEW)).startsWith(ID);
      assertThat(rig.sessions.slots).isEmpty();
      client.write(post("x", session("NEW_SESSION")));
      assertThat(client.readResponse().status()).isEqualTo(503);
    }
  }

  @Test
  void keepsASessionThatBeganInAnother() throws Exception {
    try (var container = RawServer.answering(ok("hi", USUAL + "s-1", NEW + ": " + ID));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("x", session("s-1")));
      assertThat(client.readResponse().header(NEW)).startsWith(ID);
      assertThat(rig.sessions.known.get("chat:" + ID)).isInstanceOf(Found.class);
      assertThat(rig.sessions.known.get("chat:s-1")).isInstanceOf(Found.class);
      await().until(() -> rig.sessions.inUse.isEmpty());
    }
  }

  @Test
  void tellsOfOneSessionThatBeganAndOneThatEnded() throws Exception {
    try (var container = RawServer.answering(ok("hi", BEGUN, CLOSED + ": s-1"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("x", session("s-1")));
      Message answer = client.readResponse();
      assertThat(answer.header(NEW)).startsWith(ID);
      assertThat(answer.header(CLOSED)).isEqualTo("s-1");
      assertThat(rig.sessions.known.get("chat:" + ID)).isInstanceOf(Found.class);
      assertThat(rig.sessions.known).containsEntry("chat:s-1", Missing.CLOSED);
    }
  }

  /** As TorchServe's example does with a request that ends its sequence at once. */
  @Test
  void storesNothingOfASessionThatEndedAtOnce() throws Exception {
    try (var container = RawServer.answering(ok("hi", USUAL + ID, CLOSED + ": " + ID));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("0"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header(NEW)).isNull();
      assertThat(rig.sessions.known).isEmpty();
      assertThat(rig.closedOnContainer).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"400 Bad", "500 Broken", "302 Found"})
  void closesASessionThatAFailedAnswerBegan(String status) throws Exception {
    try (var container = RawServer.answering(response(status, "no", BEGUN));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      for (String request :
          new String[] {post("x"), post("x", session("NEW_SESSION")), post("x", session("s-1"))}) {
        rig.sessions.known.remove("chat:" + ID);
        rig.closedOnContainer.clear();
        client.write(request);
        Message answer = client.readResponse();
        assertThat(answer.status()).isEqualTo(424);
        assertThat(answer.header(NEW)).isNull();
        assertThat(rig.closedOnContainer).extracting("id").containsExactly(ID);
        assertThat(rig.sessions.known).containsEntry("chat:" + ID, Missing.CLOSED);
      }
      assertThat(rig.sessions.known.get("chat:s-1")).isInstanceOf(Found.class);
    }
  }

  @Test
  void closesASessionThatAFailedAnswerBeganThoughTheStoreIsAway() throws Exception {
    try (var container = RawServer.answering(response("500 Broken", "no", BEGUN));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.away = true;
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(rig.closedOnContainer).extracting("id").containsExactly(ID);
    }
  }

  @Test
  void closesNoOtherClientsSessionForAFailedAnswer() throws Exception {
    try (var container = RawServer.answering(response("500 Broken", "no", USUAL + "theirs"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("theirs", 0, "");
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(rig.closedOnContainer).isEmpty();
      assertThat(rig.sessions.known.get("chat:theirs")).isInstanceOf(Found.class);
    }
  }

  @Test
  void endsASessionThatAFailedAnswerEnded() throws Exception {
    try (var container = RawServer.answering(response("500 Broken", "no", CLOSED + ": s-1"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("x", session("s-1")));
      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(rig.sessions.known).containsEntry("chat:s-1", Missing.CLOSED);
    }
  }

  @Test
  void closesWhatARestartedContainerBeganInPlaceOfALostSession() throws Exception {
    try (var container = RawServer.answering(ok("hi", "X-Session-Router-Boot-Id: boot2", BEGUN));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "boot1");
      client.write(post("x", session("s-1")));
      assertThat(client.readResponse().status()).isEqualTo(400);
      assertThat(rig.sessions.known).containsEntry("chat:s-1", Missing.LOST);
      assertThat(rig.closedOnContainer)
          .singleElement()
          .satisfies(
              closed -> {
                assertThat(closed.id()).isEqualTo(ID);
                assertThat(closed.bootId()).isEqualTo("boot2");
              });
    }
  }

  /** Which of them the client would go on with could not be told. */
  @Test
  void refusesTwoSessionsInOneAnswerAndClosesBoth() throws Exception {
    try (var container = RawServer.answering(ok("hi", BEGUN, USUAL + "other"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      for (String request : new String[] {post("x", session("NEW_SESSION")), post("x")}) {
        rig.closedOnContainer.clear();
        rig.sessions.known.clear();
        client.write(request);
        Message answer = client.readResponse();
        assertThat(answer.status()).isEqualTo(424);
        assertThat(answer.header("x-amzn-errortype")).isEqualTo("ModelError");
        assertThat(answer.body()).contains("several sessions in one answer");
        assertThat(rig.closedOnContainer).extracting("id").containsExactly(ID, "other");
      }
      assertThat(rig.outcomes("model_unusable")).isEqualTo(2);
    }
  }

  @Test
  void closesASessionWhoseIdNoClientCouldSend() throws Exception {
    try (var container = RawServer.answering(ok("x", USUAL + "a_b:c"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("ctx", session("NEW_SESSION")));
      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(rig.closedOnContainer).extracting("id").containsExactly("a_b:c");
      assertThat(rig.sessions.known).isEmpty();
    }
  }

  @Test
  void closesASessionWhoseClientLeftBeforeItWasStored() throws Exception {
    try (var container = RawServer.answering(ok("hi", BEGUN));
        var rig = GatewayFixture.over(container)) {
      rig.sessions.holdOpens = true;
      try (var client = rig.connect()) {
        client.write(post("x"));
        await().until(() -> rig.sessions.heldOpens.size() == 1);
      }
      await().until(() -> rig.inFlight() == 0);
      rig.sessions.heldOpens.poll().complete(true);
      await().until(() -> rig.closedOnContainer.size() == 1);
      await().until(() -> rig.sessions.known.get("chat:" + ID) == Missing.CLOSED);
    }
  }
}
