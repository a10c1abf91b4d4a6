package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.auth.Authenticators;
import io.sessionrouter.auth.Principals;
import io.sessionrouter.auth.PrincipalsFile;
import io.sessionrouter.auth.signature.Signed;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.gateway.RawConnection.Message;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed requests, whose body decides whether they count, over raw sockets. */
@Tag("slow")
class SignedBodyTest {
  private static final String FILE =
      """
      {"principals": [{"name": "notebook",
        "accessKeys": [{"id": "%s", "secret": "%s"}],
        "allow": [{"actions": ["sagemaker:Invoke*"], "endpoints": ["chat"]}]}]}\
      """
          .formatted(Signed.KEY.id(), Signed.KEY.secret());

  private static final int LARGE = 25 * 1000 * 1000;
  private static final int MORE_THAN_IS_KEPT = 200 * 1000;

  private static GatewayFixture.Plan plan() {
    Principals known = PrincipalsFile.parse(FILE);
    var plan = new GatewayFixture.Plan();
    plan.maxBody = 2L * LARGE;
    plan.authenticator =
        Authenticators.known(() -> known, Signed.REGION, InstantSource.fixed(Signed.NOW));
    return plan;
  }

  private static GatewayFixture over(RawServer container) throws Exception {
    return GatewayFixture.over(plan(), container);
  }

  private static Signed signed(String body) {
    return new Signed().body(body);
  }

  private static Signed forged(String body) {
    return signed(body).secret("another");
  }

  /** The head as it is sent, with a framing that is not signed. */
  private static String head(Signed request, String... framing) {
    StringBuilder head = new StringBuilder("POST /endpoints/chat/invocations HTTP/1.1\r\n");
    request
        .request()
        .headers()
        .forEach(h -> head.append(h.getKey() + ": " + h.getValue() + "\r\n"));
    for (String line : framing) {
      head.append(line).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  private static String post(Signed request, String body) {
    return head(request, "Content-Length: " + body.length()) + body;
  }

  private static String chunked(Signed request, String body) {
    StringBuilder sent = new StringBuilder(head(request, "Transfer-Encoding: chunked"));
    for (int at = 0; at < body.length(); at += 1000) {
      String piece = body.substring(at, Math.min(body.length(), at + 1000));
      sent.append(Integer.toHexString(piece.length())).append("\r\n");
      sent.append(piece).append("\r\n");
    }
    return sent.append("0\r\n\r\n").toString();
  }

  private static Message ask(GatewayFixture rig, String request) throws IOException {
    try (RawConnection client = rig.connect()) {
      return client.write(request).readResponse();
    }
  }

  private static void requireForged(Message answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(403);
    assertThat(answer.header("x-amzn-ErrorType")).isEqualTo("InvalidSignatureException");
  }

  /** The request left no trace but in the count of refusals. */
  private static void requireNoEffect(GatewayFixture rig) {
    await().until(() -> rig.inFlight() == 0);
    assertThat(rig.failed).isEmpty();
    assertThat(rig.sessions.inUse).isEmpty();
    assertThat(rig.outcomes("invalid_signature")).isOne();
  }

  private static String body(int length) {
    return "0123456789".repeat(length / 10);
  }

  /** Answers requests that are complete. */
  private static RawServer counting(CountDownLatch complete) throws IOException {
    return RawServer.playing(
        c -> {
          Message head = c.readHead();
          c.skip(Long.parseLong(head.header("content-length")));
          complete.countDown();
          c.write(ok("complete"));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 60_000, MORE_THAN_IS_KEPT, LARGE})
  void aRightSignatureIsAnswered(int length) throws Exception {
    String body = body(length);
    try (var container = counting(new CountDownLatch(1));
        var rig = over(container)) {
      assertThat(ask(rig, post(signed(body), body)).body()).isEqualTo("complete");
      assertThat(ask(rig, post(signed(body).declaredHash(), body)).body()).isEqualTo("complete");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 60_000, MORE_THAN_IS_KEPT})
  void chunksAreVerifiedToo(int length) throws Exception {
    String body = body(length);
    try (var container = RawServer.answering(ok("complete"));
        var rig = over(container)) {
      assertThat(ask(rig, chunked(signed(body), body)).body()).isEqualTo("complete");
      requireForged(ask(rig, chunked(signed(body), "x" + body.substring(1))));
      requireNoEffect(rig);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 60_000, MORE_THAN_IS_KEPT, LARGE})
  void noInstanceHasACompleteRequestWithAWrongSignature(int length) throws Exception {
    String body = body(length);
    var complete = new CountDownLatch(1);
    try (var container = counting(complete);
        var rig = over(container)) {
      requireForged(ask(rig, post(forged(body), body)));
      requireNoEffect(rig);
      assertThat(complete.getCount()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void norOneWhoseLastByteIsWrong(boolean declared) throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    String sent = body.substring(1) + "x";
    var complete = new CountDownLatch(1);
    try (var container = counting(complete);
        var rig = over(container)) {
      Signed request = declared ? signed(body).declaredHash() : signed(body);
      requireForged(ask(rig, post(request, sent)));
      requireNoEffect(rig);
      assertThat(complete.getCount()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aBodyOfAnotherLengthIsAnother(int more) throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    String sent = more > 0 ? body + "x" : body.substring(1);
    try (var container = counting(new CountDownLatch(1));
        var rig = over(container)) {
      requireForged(ask(rig, post(signed(body), sent)));
      requireNoEffect(rig);
    }
  }

  @Test
  void theHeadIsRefusedBeforeTheBodyIsRead() throws Exception {
    try (var container = RawServer.answering(ok("complete"));
        var rig = over(container);
        var client = rig.connect()) {
      Signed request = forged("x").declaredHash();
      Message answer = client.write(head(request, "Content-Length: " + LARGE)).readResponse();

      requireForged(answer);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(container.heads()).isEmpty();
    }
  }

  @Test
  void aGoodRequestBeforeItIsAnswered() throws Exception {
    String body = body(60_000);
    try (var container = counting(new CountDownLatch(1));
        var rig = over(container);
        var client = rig.connect()) {
      client.write(post(signed("good"), "good") + post(forged(body), body));

      assertThat(client.readResponse().body()).isEqualTo("complete");
      requireForged(client.readResponse());
      requireNoEffect(rig);
    }
  }

  @Test
  void anEarlyAnswerWaitsForTheVerdict() throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    var answered = new CountDownLatch(1);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.write(ok("early", "X-Amzn-SageMaker-New-Session-Id: s-1"));
                  answered.countDown();
                  c.skip(Long.MAX_VALUE);
                });
        var rig = over(container);
        var client = rig.connect()) {
      Signed request = signed(body).header("x-amzn-sagemaker-session-id", "NEW_SESSION");
      client.write(head(request, "Content-Length: " + body.length()));
      client.write(body.substring(1));
      answered.await();
      client.write("x");

      requireForged(client.readResponse());
      requireNoEffect(rig);
      assertThat(rig.sessions.known).isEmpty();
    }
  }

  @Test
  void anEarlySuccessIsPassedOnAfterTheVerdict() throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    var answered = new CountDownLatch(1);
    try (var container =
            RawServer.playing(
                c -> {
                  Message head = c.readHead();
                  c.write(ok("early", "X-Amzn-SageMaker-New-Session-Id: s-1"));
                  answered.countDown();
                  c.skip(Long.parseLong(head.header("content-length")));
                });
        var rig = over(container);
        var client = rig.connect()) {
      Signed request = signed(body).header("x-amzn-sagemaker-session-id", "NEW_SESSION");
      client.write(head(request, "Content-Length: " + body.length()));
      client.write(body.substring(0, body.length() - 1));
      answered.await();
      assertThat(rig.sessions.known).isEmpty();
      client.write(body.substring(body.length() - 1));

      assertThat(client.readResponse().body()).isEqualTo("early");
      assertThat(rig.sessions.known).containsKey("chat:s-1");
    }
  }

  @Test
  void anEarlyRefusalIsPassedOnAfterTheVerdict() throws Exception {
    String body = body(LARGE);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.write(response("413 Payload Too Large", "too much"));
                  c.skip(Long.MAX_VALUE);
                });
        var rig = over(container)) {
      Message answer = ask(rig, post(signed(body), body));
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.body()).contains("too much");

      requireForged(ask(rig, post(forged(body), body)));
      assertThat(rig.failed).isEmpty();
    }
  }

  /** Whether a session exists is nobody's business but its owner's. */
  @Test
  void anUnknownSessionIsReportedAfterTheVerdict() throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    try (var container = RawServer.answering(ok("complete"));
        var rig = over(container)) {
      Signed request = signed(body).header("x-amzn-sagemaker-session-id", "s-1");
      assertThat(ask(rig, post(request, body)).body()).contains("s-1");
      requireForged(ask(rig, post(request.secret("another"), body)));
      assertThat(container.heads()).isEmpty();
    }
  }

  @Test
  void aSessionIsNotProlonged() throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    try (var container = counting(new CountDownLatch(1));
        var rig = over(container);
        var client = rig.connect()) {
      rig.sessions.known.put("chat:s-1", new Found(ownedBy("notebook", rig.bind("s-1", 0, ""))));
      Signed request = signed(body).header("x-amzn-sagemaker-session-id", "s-1");
      client.write(head(request, "Content-Length: " + body.length()) + body.substring(1));
      await().until(() -> rig.inFlight() == 1);
      assertThat(rig.sessions.inUse).isEmpty();

      client.write("x");
      requireForged(client.readResponse());
      requireNoEffect(rig);
      assertThat(ask(rig, post(request, body)).body()).isEqualTo("complete");
    }
  }

  private static Session ownedBy(String owner, Session s) {
    return new Session(
        s.id(),
        s.instance(),
        s.bootId(),
        s.variant(),
        s.model(),
        owner,
        s.createdAt(),
        s.expiresAt(),
        s.usedAt());
  }

  @Test
  void slotsAreTakenAfterTheVerdict() throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    var plan = plan();
    plan.maxPerInstance = 1;
    try (var container =
            RawServer.playing(
                c -> {
                  Message head = c.readHead();
                  c.skip(Long.parseLong(head.header("content-length")));
                  c.write(ok("hi", "X-Amzn-SageMaker-New-Session-Id: s-1"));
                });
        var rig = GatewayFixture.over(plan, container)) {
      Signed request = forged(body).header("x-amzn-sagemaker-session-id", "NEW_SESSION");
      requireForged(ask(rig, post(request, body)));
      assertThat(rig.sessions.known).isEmpty();

      Message answer = ask(rig, post(request.secret(Signed.KEY.secret()), body));
      assertThat(answer.body()).isEqualTo("hi");
      assertThat(rig.sessions.known).containsKey("chat:s-1");
      assertThat(ask(rig, post(request, body)).status()).isEqualTo(503);
    }
  }

  @Test
  void aClientThatLeavesInBetweenIsNobodysFailure() throws Exception {
    String body = body(MORE_THAN_IS_KEPT);
    try (var container = RawServer.answering(ok("complete"));
        var rig = over(container)) {
      try (var client = rig.connect()) {
        client.write(head(signed(body), "Content-Length: " + body.length()) + body.substring(10));
        await().until(() -> rig.inFlight() == 1);
      }
      await().until(() -> rig.inFlight() == 0);
      assertThat(rig.failed).isEmpty();
    }
  }

  @Test
  void whoWaitsForLeaveToSendTheBodyGetsIt() throws Exception {
    String body = body(60_000);
    try (var container = counting(new CountDownLatch(1));
        var rig = over(container);
        var client = rig.connect()) {
      client.write(head(signed(body), "Expect: 100-continue", "Content-Length: " + body.length()));
      assertThat(client.readHead().status()).isEqualTo(100);
      assertThat(client.write(body).readResponse().body()).isEqualTo("complete");
    }
  }
}
