package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.endpoint.OpenHeader;
import io.sessionrouter.gateway.RawConnection.Message;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The path of a request, on a wire of our own: what the container sees and what the client gets.
 */
@Tag("slow")
class PathTest {
  private static final String NEW_ID = "5b0c2f6e-0d5a-4d53-9d0e-1f6d3b7a9c11";
  private static final String OPENED =
      "X-Amzn-SageMaker-Session-Id: " + NEW_ID + "; Expires=2999-01-01T00:00:00Z";

  @Test
  void passesAStatelessRequestOn() throws Exception {
    try (var container = RawServer.answering(ok("{\"a\":1}", "Content-Type: application/json"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("hello", "Content-Type: text/plain", "Accept: application/json"));
      Message answer = client.readResponse();

      assertThat(answer.startLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(answer.body()).isEqualTo("{\"a\":1}");
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(answer.header("x-Amzn-Invoked-Production-Variant")).isEqualTo("main");
      assertThat(answer.header("x-amzn-RequestId"))
          .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
      assertThat(answer.header("X-Amzn-SageMaker-New-Session-Id")).isNull();
      assertThat(container.heads()).hasSize(1);
      assertThat(container.heads().getFirst())
          .isEqualTo(
              "POST /invocations HTTP/1.1\r\nhost: 127.0.0.1:"
                  + container.port()
                  + "\r\ncontent-type: text/plain\r\naccept: application/json\r\n"
                  + "content-length: 5\r\n");
    }
  }

  @Test
  void stripsWhatIsNotOnTheList() throws Exception {
    try (var container = RawServer.answering(ok("x", "Server: secret", "Set-Cookie: a=b"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(
          post(
              "hello",
              "Authorization: AWS4-HMAC-SHA256 Credential=x",
              "X-Amz-Security-Token: t",
              "Cookie: a=b",
              "X-Amzn-SageMaker-Custom-Attributes: tenant=7",
              "X-Forwarded-For: 1.2.3.4"));
      Message answer = client.readResponse();

      assertThat(container.heads().getFirst())
          .contains("X-Amzn-SageMaker-Custom-Attributes: tenant=7")
          .doesNotContain("Authorization", "X-Amz-", "Cookie", "X-Forwarded");
      assertThat(answer.header("Server")).isNull();
      assertThat(answer.header("Set-Cookie")).isNull();
    }
  }

  @Test
  void opensASessionAndStoresItFirst() throws Exception {
    try (var container = RawServer.answering(ok("hi", OPENED));
        var rig = GatewayFixture.over(container)) {
      rig.sessions.holdOpens = true;
      try (var client = rig.connect()) {
        client.write(post("ctx", session("NEW_SESSION")));
        await().until(() -> rig.sessions.heldOpens.size() == 1);
        assertThat(rig.sessions.known).isEmpty();
        rig.sessions.heldOpens.poll().complete(true);
        Message answer = client.readResponse();

        assertThat(answer.header("X-Amzn-SageMaker-New-Session-Id"))
            .startsWith(NEW_ID + "; Expires=20");
        assertThat(answer.header("X-Amzn-SageMaker-Session-Id")).isNull();
        assertThat(answer.body()).isEqualTo("hi");
        assertThat(rig.sessions.known).containsKey("chat:" + NEW_ID);
        assertThat(container.heads().getFirst())
            .contains("X-Session-Router-Session: new")
            .doesNotContain("X-Amzn-SageMaker-Session-Id", "NEW_SESSION");
      }
    }
  }

  @Test
  void forwardsTheClientsWordToContainersThatWantIt() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.openHeader = OpenHeader.FORWARD;
    try (var container = RawServer.answering(ok("hi", OPENED));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("ctx", session("NEW_SESSION")));
      assertThat(client.readResponse().header("X-Amzn-SageMaker-New-Session-Id"))
          .startsWith(NEW_ID);
      assertThat(container.heads().getFirst())
          .contains("X-Amzn-SageMaker-Session-Id: NEW_SESSION")
          .doesNotContain("X-Session-Router-Session");
    }
  }

  @Test
  void takesTheRoutersWordFromNoClient() throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x", "X-Session-Router-Session: new"));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(container.heads().getFirst()).doesNotContain("X-Session-Router-Session");
    }
  }

  @Test
  void resumesOnTheInstanceThatHoldsTheSession() throws Exception {
    try (var first = RawServer.answering(ok("first"));
        var second = RawServer.answering(ok("second", "X-Amzn-SageMaker-Session-Id: s-1"));
        var rig = GatewayFixture.over(first, second);
        var client = rig.connect()) {
      rig.bind("s-1", 1, "");
      client.write(post("more", session("s-1")));
      Message answer = client.readResponse();

      assertThat(answer.body()).isEqualTo("second");
      assertThat(answer.header("X-Amzn-SageMaker-New-Session-Id")).isNull();
      assertThat(first.heads()).isEmpty();
      assertThat(second.heads().getFirst()).contains("X-Amzn-SageMaker-Session-Id: s-1");
    }
  }

  @Test
  void asksTheStoreOnlyIfTheNearCacheDoesNotKnow() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("more", session("s-1")));
      client.readResponse();
      assertThat(rig.sessions.asked).hasValue(0);
      rig.sessions.cached = false;
      client.write(post("more", session("s-1")));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(rig.sessions.asked).hasValue(1);
    }
  }

  @Test
  void closesASession() throws Exception {
    try (var container = RawServer.answering(ok("bye", "X-Amzn-SageMaker-Closed-Session-Id: s-1"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("{\"requestType\":\"CLOSE\"}", session("s-1")));
      Message answer = client.readResponse();
      assertThat(answer.header("X-Amzn-SageMaker-Closed-Session-Id")).isEqualTo("s-1");
      assertThat(rig.sessions.known).containsEntry("chat:s-1", SessionLookup.Missing.CLOSED);

      client.write(post("again", session("s-1")));
      Message refused = client.readResponse();
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.header("x-amzn-errortype")).isEqualTo("ValidationError");
      assertThat(refused.body()).contains("Session s-1 is closed");
      assertThat(container.heads()).hasSize(1);
    }
  }

  @Test
  void takesANewSessionWithoutAHeaderForAStatelessAnswer() throws Exception {
    try (var container = RawServer.answering(ok("plain"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("ctx", session("NEW_SESSION")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("X-Amzn-SageMaker-New-Session-Id")).isNull();
      assertThat(rig.sessions.known).isEmpty();
    }
  }

  @Test
  void understandsTheOtherNameOfTheSessionHeader() throws Exception {
    try (var container =
            RawServer.answering(ok("x", OPENED.replace("-Session-Id", "-New-Session-Id")));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("ctx", session("NEW_SESSION")));
      assertThat(client.readResponse().header("X-Amzn-SageMaker-New-Session-Id"))
          .startsWith(NEW_ID);
      assertThat(rig.sessions.known).containsKey("chat:" + NEW_ID);
    }
  }

  @Test
  void refusesASessionIdThatCannotBeUsed() throws Exception {
    try (var container = RawServer.answering(ok("x", "X-Amzn-SageMaker-Session-Id: a_b:c"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("ctx", session("NEW_SESSION")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ModelError");
      assertThat(rig.sessions.known).isEmpty();
    }
  }

  @Test
  void neverGivesASessionTheIdOfAnother() throws Exception {
    try (var container = RawServer.answering(ok("x", OPENED));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind(NEW_ID, 0, "");
      client.write(post("ctx", session("NEW_SESSION")));
      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(rig.closedOnContainer).isEmpty();
    }
  }

  @Test
  void closesTheSessionAgainIfTheStoreBreaksMidCreate() throws Exception {
    try (var container = RawServer.answering(ok("x", OPENED));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.away = true;
      client.write(post("ctx", session("NEW_SESSION")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(530);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("InternalDependencyException");
      assertThat(rig.closedOnContainer).extracting("id").containsExactly(NEW_ID);
    }
  }

  @Test
  void doesNotBotherAContainerWithASessionThatCannotBeStored() throws Exception {
    try (var container = RawServer.answering(ok("x", OPENED));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.knownAway = true;
      client.write(post("ctx", session("NEW_SESSION")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      assertThat(container.heads()).isEmpty();
    }
  }

  @Test
  void answersUnavailableIfOnlyTheStoreKnows() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("cached", 0, "");
      rig.sessions.away = true;
      client.write(post("x", session("cached")));
      assertThat(client.readResponse().status()).isEqualTo(200);
      client.write(post("x", session("elsewhere")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ServiceUnavailable");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
    }
  }

  @Test
  void dropsASessionWhoseInstanceLeftTheFleet() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      var here = rig.bind("s-1", 0, "");
      rig.sessions.known.put(
          "chat:s-1",
          new SessionLookup.Found(
              new io.sessionrouter.domain.Session(
                  "s-1", "10.9.9.9:1", "", "main", "", "", 0, here.expiresAt(), 0)));
      client.write(post("x", session("s-1")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("the instance that held the session is gone");
      assertThat(rig.sessions.known).containsEntry("chat:s-1", SessionLookup.Missing.LOST);
      assertThat(container.heads()).isEmpty();
    }
  }

  @Test
  void dropsASessionWhoseInstanceWasRestarted() throws Exception {
    try (var container =
            RawServer.answering(
                GatewayFixture.response(
                    "404 Not Found", "who?", "X-Session-Router-Boot-Id: boot2"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "boot1");
      client.write(post("x", session("s-1")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("the instance that held the session is gone");
      assertThat(rig.sessions.known).containsEntry("chat:s-1", SessionLookup.Missing.LOST);
    }
  }

  @Test
  void triesAnotherInstanceIfOneCannotBeReached() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  while (c.readRequest() != null) {
                    c.write(ok("second"));
                  }
                });
        var rig =
            new GatewayFixture(
                new GatewayFixture.Plan(), GatewayFixture.deadPort(), container.port());
        var client = rig.connect()) {
      client.write(post("x".repeat(200_000)));
      assertThat(client.readResponse().body()).isEqualTo("second");
      assertThat(rig.failed).containsExactly(rig.members.getFirst());
    }
  }

  @Test
  void neverTriesAnotherInstanceForASession() throws Exception {
    try (var container = RawServer.answering(ok("second"));
        var rig =
            new GatewayFixture(
                new GatewayFixture.Plan(), GatewayFixture.deadPort(), container.port());
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("x", session("s-1")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      assertThat(container.heads()).isEmpty();
      assertThat(rig.sessions.known.get("chat:s-1")).isInstanceOf(SessionLookup.Found.class);
    }
  }

  @Test
  void passesTheContainersErrorsOn() throws Exception {
    try (var container =
            RawServer.answering(GatewayFixture.response("400 Bad", "bad \"input\"\n"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ModelError");
      assertThat(answer.body())
          .isEqualTo(
              "{\"code\":\"ModelError\",\"Message\":\"Received client error (400) from main with"
                  + " message \\\"bad \\\"input\\\"\\n\\\"\",\"OriginalStatusCode\":400,"
                  + "\"OriginalMessage\":\"bad \\\"input\\\"\\n\",\"LogStreamArn\":\"\","
                  + "\"ErrorCode\":\"CLIENT_ERROR_FROM_MODEL\"}");
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(container.connections()).hasSize(1);
    }
  }

  @Test
  void keepsWithinTheSlotsOfItsInstances() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxPerInstance = 1;
    try (var container = RawServer.answering(ok("x", OPENED));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x", session("NEW_SESSION")));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(rig.sessions.slots).isEmpty();
      client.write(post("x", session("NEW_SESSION")));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("as many sessions as it may");
      assertThat(container.heads()).hasSize(1);
    }
  }

  @Test
  void closesASessionWhoseClientLeftBeforeItWasStored() throws Exception {
    try (var container = RawServer.answering(ok("hi", OPENED));
        var rig = GatewayFixture.over(container)) {
      rig.sessions.holdOpens = true;
      try (var client = rig.connect()) {
        client.write(post("ctx", session("NEW_SESSION")));
        await().until(() -> rig.sessions.heldOpens.size() == 1);
      }
      await().until(() -> rig.inFlight() == 0);
      rig.sessions.heldOpens.poll().complete(true);
      await().until(() -> rig.closedOnContainer.size() == 1);
      await().until(() -> rig.sessions.known.get("chat:" + NEW_ID) == SessionLookup.Missing.CLOSED);
    }
  }
}
