package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.gateway.RawConnection.Message;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.eventstream.MessageDecoder;

/** The end of the data port: who is still served, who is let go, and what they are told. */
class DrainTest {
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String BEGINNING = "5\r\nbegin\r\n";
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void fromTheAnnouncementOnEveryResponseIsTheLastOfItsConnection() throws Exception {
    try (var container = RawServer.answering(GatewayFixture.ok("x"));
        var rig = GatewayFixture.over(container);
        var before = rig.connect()) {
      before.write(GatewayFixture.post("x"));
      assertThat(before.readResponse().header("Connection")).isNull();

      rig.announceEnd();

      before.write(GatewayFixture.post("x"));
      Message last = before.readResponse();
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.header("Connection")).isEqualTo("close");
      assertThat(before.read()).isEqualTo(-1);
      try (var after = rig.connect()) {
        after.write(GatewayFixture.post("x"));
        Message answer = after.readResponse();
        assertThat(answer.status()).as("new connections are still served").isEqualTo(200);
        assertThat(answer.header("Connection")).isEqualTo("close");
      }
    }
  }

  @Test
  void closesThePortAndWhatIsIdleAndIsDone() throws Exception {
    try (var container = RawServer.answering(GatewayFixture.ok("x"));
        var rig = GatewayFixture.over(container);
        var idle = rig.connect()) {
      idle.write(GatewayFixture.post("x"));
      idle.readResponse();
      int port = rig.port();

      CompletableFuture<Void> done = rig.stopAccepting();

      assertThat(idle.read()).as("closed without a word").isEqualTo(-1);
      done.get(LONG.toSeconds(), TimeUnit.SECONDS);
      assertThatThrownBy(() -> RawConnection.to(port)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void isDoneAtOnceIfNobodyIsThere() throws Exception {
    try (var container = RawServer.answering(GatewayFixture.ok("x"));
        var rig = GatewayFixture.over(container)) {
      assertThat(rig.stopAccepting()).succeedsWithin(LONG);
    }
  }

  @Test
  void requestsUnderWayEndInTheirOwnTime() throws Exception {
    var goOn = new CountDownLatch(1);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(CHUNKED + BEGINNING);
                  assertThat(goOn.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
                  c.write("3\r\nend\r\n0\r\n\r\n");
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(GatewayFixture.post("x"));
      client.readHead();
      assertThat(client.readChunk()).isEqualTo("begin");

      CompletableFuture<Void> done = rig.stopAccepting();
      assertThat(done).isNotDone();
      goOn.countDown();

      assertThat(client.readChunk()).isEqualTo("end");
      assertThat(client.readChunk()).isEmpty();
      assertThat(done).succeedsWithin(LONG);
      assertThat(rig.outcomes("success")).isEqualTo(1);
      assertThat(container.failures()).isEmpty();
    }
  }

  @Test
  void aRequestThatWasOnItsWayIsStillAnswered() throws Exception {
    try (var container = RawServer.answering(GatewayFixture.ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write("POST /endpoints/chat/invocations HTTP/1.1\r\n");
      await()
          .until(() -> rig.registry.get("session_router_client_connections").gauge().value() > 0);

      CompletableFuture<Void> done = rig.stopAccepting();
      client.write("Host: r\r\nContent-Length: 0\r\n\r\n");

      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(done).succeedsWithin(LONG);
    }
  }

  @Test
  void whoIsCutOffBeforeTheHeadMayTryAgain() throws Exception {
    var cancelled = new CompletableFuture<Boolean>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  cancelled.complete(c.read() < 0);
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(GatewayFixture.post("x"));
      await().until(() -> container.heads().size() == 1);
      CompletableFuture<Void> done = rig.stopAccepting();

      rig.cut();

      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("x-amzn-errortype")).isEqualTo("ServiceUnavailable");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(answer.body()).contains("router is stopping");
      assertThat(done).succeedsWithin(LONG);
      assertThat(cancelled.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(rig.outcomes("stopping")).isEqualTo(1);
    }
  }

  @Test
  void anEventStreamThatIsCutOffEndsWithItsError() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(CHUNKED + BEGINNING);
                  c.read();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(
          GatewayFixture.post("x").replace("/invocations", "/invocations-response-stream"));
      client.readHead();
      client.readChunk();
      CompletableFuture<Void> done = rig.stopAccepting();

      rig.cut();

      var decoder = new MessageDecoder();
      decoder.feed(client.readChunk().getBytes(ISO_8859_1));
      var error = decoder.getDecodedMessages().getFirst();
      assertThat(error.getHeaders().get(":exception-type").getString())
          .isEqualTo("InternalStreamFailure");
      assertThat(new String(error.getPayload(), UTF_8)).contains("router is stopping");
      assertThat(client.readChunk()).as("the end of the stream").isEmpty();
      assertThat(client.read()).isEqualTo(-1);
      assertThat(done).succeedsWithin(LONG);
    }
  }

  @Test
  void aPlainResponseThatIsCutOffIsNotTakenForComplete() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(CHUNKED + BEGINNING);
                  c.read();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(GatewayFixture.post("x"));
      client.readHead();
      client.readChunk();
      CompletableFuture<Void> done = rig.stopAccepting();

      rig.cut();

      assertThat(client.read()).as("broken, not ended").isEqualTo(-1);
      assertThat(done).succeedsWithin(LONG);
      assertThat(rig.broken()).isEqualTo(1);
    }
  }
}
