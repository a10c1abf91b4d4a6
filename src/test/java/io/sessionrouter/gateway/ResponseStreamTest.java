package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.gateway.RawConnection.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.eventstream.MessageDecoder;

/** Responses in events, as InvokeEndpointWithResponseStream has them, read by the SDK's decoder. */
@Tag("slow")
class ResponseStreamTest {
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
          + "X-Amzn-SageMaker-Custom-Attributes: a=1\r\nTransfer-Encoding: chunked\r\n";
  private static final String SESSION = "s-1";
  private static final String OPENED =
      "X-Amzn-SageMaker-Session-Id: s-new; Expires=2999-01-01T00:00:00Z\r\n";
  private static final String LAST = "0\r\n\r\n";

  @Test
  void hasTheHeadersOfTheOperation() throws Exception {
    try (var container =
            RawServer.answering(CHUNKED + "\r\n" + chunk("data:1\n") + chunk("data:2\n") + LAST);
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(stream("x", "X-Amzn-SageMaker-Accept: text/event-stream", "Accept: */*"));
      Message head = client.readHead();

      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("Content-Type")).isEqualTo("application/vnd.amazon.eventstream");
      assertThat(head.header("X-Amzn-SageMaker-Content-Type")).isEqualTo("text/event-stream");
      assertThat(head.header("x-Amzn-Invoked-Production-Variant")).isEqualTo("main");
      assertThat(head.header("X-Amzn-SageMaker-Custom-Attributes")).isEqualTo("a=1");
      assertThat(head.header("Transfer-Encoding")).isEqualTo("chunked");
      assertThat(head.header("Content-Length")).isNull();
      assertThat(event(client)).isEqualTo("data:1\n");
      assertThat(event(client)).isEqualTo("data:2\n");
      assertThat(client.readChunk()).isEmpty();
      assertThat(container.heads().getFirst())
          .contains("accept: text/event-stream\r\n")
          .doesNotContain("*/*", "SageMaker-Accept");
    }
  }

  @Test
  void framesAnAnswerOfKnownLengthToo() throws Exception {
    String whole = "y".repeat(200_000);
    try (var container =
            RawServer.answering(GatewayFixture.ok(whole, "Content-Type: application/json"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(stream("x"));
      Message head = client.readHead();

      assertThat(head.header("Content-Length")).isNull();
      assertThat(wholeStream(client)).isEqualTo(whole);
      client.write(stream("x"));
      client.readHead();
      assertThat(wholeStream(client)).as("on the same connection").isEqualTo(whole);
    }
  }

  @Test
  void endsAnEmptyAnswerWithoutAnEvent() throws Exception {
    try (var container = RawServer.answering(GatewayFixture.ok(""));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(stream("x"));
      client.readHead();

      assertThat(client.readChunk()).isEmpty();
    }
  }

  /** The container makes the next piece only when the client has the last one in hand. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noPieceWaitsForTheNext(boolean events) throws Exception {
    var clientHasIt = new Semaphore(0);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(CHUNKED + "\r\n");
                  for (int i = 0; i < 20; i++) {
                    assertThat(clientHasIt.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                    c.write(chunk("token " + i));
                  }
                  assertThat(clientHasIt.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                  c.write(LAST);
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(events ? stream("x") : GatewayFixture.post("x"));
      client.readHead();
      clientHasIt.release();
      for (int i = 0; i < 20; i++) {
        assertThat(events ? event(client) : client.readChunk()).isEqualTo("token " + i);
        clientHasIt.release();
      }
      assertThat(client.readChunk()).isEmpty();
      assertThat(container.failures()).isEmpty();
    }
  }

  @Test
  void opensASessionToo() throws Exception {
    try (var container = RawServer.answering(CHUNKED + OPENED + "\r\n" + chunk("hi") + LAST);
        var rig = GatewayFixture.over(container)) {
      rig.sessions.holdOpens = true;
      try (var client = rig.connect()) {
        client.write(stream("ctx", GatewayFixture.session("NEW_SESSION")));
        await().until(() -> rig.sessions.heldOpens.size() == 1);
        assertThat(rig.sessions.known).isEmpty();
        rig.sessions.heldOpens.poll().complete(true);

        assertThat(client.readHead().header("X-Amzn-SageMaker-New-Session-Id"))
            .startsWith("s-new; Expires=");
        assertThat(wholeStream(client)).isEqualTo("hi");
        assertThat(rig.sessions.known).containsKey("chat:s-new");
      }
    }
  }

  @Test
  void continuesASession() throws Exception {
    try (var container = RawServer.answering(CHUNKED + "\r\n" + chunk("hi") + LAST);
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind(SESSION, 0, "");
      client.write(stream("x", GatewayFixture.session(SESSION)));
      client.readHead();

      assertThat(wholeStream(client)).isEqualTo("hi");
      assertThat(container.heads().getFirst()).contains(GatewayFixture.session(SESSION));
    }
  }

  @Test
  void failsPlainlyBeforeTheHead() throws Exception {
    try (var container = RawServer.answering(GatewayFixture.response("500 Oops", "no memory"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(stream("x"));
      Message answer = client.readResponse();
      client.write(stream("x", GatewayFixture.session("s-unknown")));
      Message unknown = client.readResponse();

      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ModelError");
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(unknown.status()).isEqualTo(400);
      assertThat(unknown.header("x-amzn-errortype")).isEqualTo("ValidationError");
    }
  }

  @Test
  void tellsThatTheContainerWentAwayInMidStream() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(CHUNKED + "\r\n" + chunk("the beginning"));
                  c.close();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind(SESSION, 0, "");
      client.write(stream("x", GatewayFixture.session(SESSION)));
      client.readHead();
      var messages = messages(client);

      assertThat(messages).hasSize(2);
      var error = messages.get(1);
      assertThat(error.getHeaders().get(":message-type").getString()).isEqualTo("exception");
      assertThat(error.getHeaders().get(":exception-type").getString())
          .isEqualTo("ModelStreamError");
      assertThat(new String(error.getPayload(), UTF_8))
          .contains("\"ErrorCode\":\"StreamBroken\"", "closed the connection");
      assertThat(rig.sessions.known.get("chat:" + SESSION))
          .as("the instance may still have its state")
          .isInstanceOf(SessionLookup.Found.class);
      assertThat(rig.broken()).isEqualTo(1);
      client.write("GET / HTTP/1.1\r\nHost: r\r\n\r\n");
      assertThat(client.readResponse().status()).as("the connection goes on").isEqualTo(404);
    }
  }

  @Test
  void endsAStreamThatTakesTooLong() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.stream = Duration.ofMillis(200);
    var cancelled = new CompletableFuture<Boolean>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(CHUNKED + "\r\n" + chunk("the beginning"));
                  cancelled.complete(c.read() < 0);
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(stream("x"));
      client.readHead();
      var error = messages(client).getLast();

      assertThat(error.getHeaders().get(":exception-type").getString())
          .isEqualTo("ModelStreamError");
      assertThat(new String(error.getPayload(), UTF_8))
          .contains("\"ErrorCode\":\"ModelInvocationTimeExceeded\"");
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void cancelsTheContainersWorkWhenTheClientLeaves() throws Exception {
    var cancelled = new CompletableFuture<Boolean>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(CHUNKED + "\r\n" + chunk("the beginning"));
                  cancelled.complete(c.read() < 0);
                });
        var rig = GatewayFixture.over(container)) {
      try (var client = rig.connect()) {
        client.write(stream("x"));
        client.readHead();
        assertThat(event(client)).isEqualTo("the beginning");
      }
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isTrue();
      await().until(() -> rig.outcomes("client_gone") == 1);
    }
  }

  @Test
  void endsWithTheConnectionForAnOldClient() throws Exception {
    try (var container = RawServer.answering(CHUNKED + "\r\n" + chunk("hi") + LAST);
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(stream("x").replace("HTTP/1.1", "HTTP/1.0"));
      Message answer = client.readResponse();

      assertThat(answer.header("Transfer-Encoding")).isNull();
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(decoded(answer.body())).hasSize(1);
    }
  }

  private static String stream(String body, String... headers) {
    return GatewayFixture.post(body, headers)
        .replace("/invocations", "/invocations-response-stream");
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  /** The payload of the next event, which must be a chunk of its own. */
  private static String event(RawConnection client) throws IOException {
    List<software.amazon.eventstream.Message> events = decoded(client.readChunk());
    assertThat(events).as("events in a chunk").hasSize(1);
    return new String(events.getFirst().getPayload(), ISO_8859_1);
  }

  private static List<software.amazon.eventstream.Message> messages(RawConnection client)
      throws IOException {
    StringBuilder whole = new StringBuilder();
    String chunk = client.readChunk();
    while (!chunk.isEmpty()) {
      whole.append(chunk);
      chunk = client.readChunk();
    }
    return decoded(whole.toString());
  }

  private static List<software.amazon.eventstream.Message> decoded(String bytes) {
    var decoder = new MessageDecoder();
    decoder.feed(bytes.getBytes(ISO_8859_1));
    return decoder.getDecodedMessages();
  }

  private static String wholeStream(RawConnection client) throws IOException {
    StringBuilder whole = new StringBuilder();
    messages(client).forEach(m -> whole.append(new String(m.getPayload(), ISO_8859_1)));
    return whole.toString();
  }
}
