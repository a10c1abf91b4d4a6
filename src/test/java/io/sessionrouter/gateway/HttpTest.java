package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.gateway.RawConnection.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** HTTP/1.1 as it is spoken at its edges, byte by byte. */
@Tag("slow")
class HttpTest {
  private static final String HEAD = "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\n";

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  Message request = c.readRequest();
                  while (request != null) {
                    c.write(ok("answer to " + request.body()));
                    request = c.readRequest();
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        all.append(post("request " + i));
      }
      client.write(all.toString());
      for (int i = 0; i < 100; i++) {
        assertThat(client.readResponse().body()).isEqualTo("answer to request " + i);
      }
    }
  }

  @Test
  void answersPipelinedNonsenseWithoutGrowingTheStack() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      String request = "GET / HTTP/1.1\r\nHost: r\r\n\r\n";
      client.write(request.repeat(3000));
      for (int i = 0; i < 3000; i++) {
        assertThat(client.readResponse().status()).isEqualTo(404);
      }
    }
  }

  @Test
  void passesChunkedBodiesBothWays() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  Message request = c.readRequest();
                  assertThat(request.header("transfer-encoding")).isEqualTo("chunked");
                  assertThat(request.header("content-length")).isNull();
                  c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  c.write("5\r\n" + request.body() + "\r\n3\r\nabc\r\n0\r\nX-Trailer: no\r\n\r\n");
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(
          HEAD
              + "Transfer-Encoding: chunked\r\n\r\n"
              + "2\r\n"
              + "he\r\n"
              + "3;ext=1\r\n"
              + "llo\r\n"
              + "0\r\n"
              + "Evil: 1\r\n\r\n");
      Message answer = client.readResponse();
      assertThat(answer.body()).isEqualTo("helloabc");
      assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(container.failures()).isEmpty();
      client.write(post("x"));
    }
  }

  @Test
  void showsEachPieceOfAnAnswerBeforeTheNextIsMade() throws Exception {
    CountDownLatch[] seen = {new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1)};
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < 3; i++) {
                    c.write("1\r\n" + i + "\r\n");
                    assertThat(seen[i].await(10, TimeUnit.SECONDS)).isTrue();
                  }
                  c.write("0\r\n\r\n");
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      client.readHead();
      for (int i = 0; i < 3; i++) {
        assertThat(client.readChunk()).isEqualTo(Integer.toString(i));
        seen[i].countDown();
      }
      assertThat(client.readChunk()).isEmpty();
      assertThat(container.failures()).isEmpty();
    }
  }

  @Test
  void letsAClientThatAskedFirstSendItsBody() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(HEAD + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.readHead().startLine()).isEqualTo("HTTP/1.1 100 Continue");
      client.write("hello");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(container.heads().getFirst().toLowerCase(java.util.Locale.ROOT))
          .doesNotContain("expect");
    }
  }

  @Test
  void refusesAClientThatAskedFirstWithoutItsBody() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(
          HEAD + session("nobody") + "\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.read()).isEqualTo(-1);
    }
  }

  @Test
  void keepsTheConnectionAfterAnErrorWithASmallBody() throws Exception {
    try (var container = RawServer.answering(ok("fine"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(HEAD + session("nobody") + "\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(400);
      client.write("hello" + post("x"));
      assertThat(client.readResponse().body()).isEqualTo("fine");
    }
  }

  @Test
  void readsAnErrorToItsEndThoughTheBodyIsLarge() throws Exception {
    try (var container = RawServer.answering(ok("fine"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(HEAD + session("nobody") + "\r\nContent-Length: 20000000\r\n\r\n");
      client.write("x".repeat(1_000_000));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.read()).isEqualTo(-1);
    }
  }

  @Test
  void passesAnEarlyAnswerOnAndTrustsNeitherConnectionAfterIt() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.write(ok("enough"));
                  while (c.read() >= 0) {
                    assertThat(c).isNotNull();
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(HEAD + "Content-Length: 1000000\r\n\r\nbegin");
      Message answer = client.readResponse();
      assertThat(answer.body()).isEqualTo("enough");
      assertThat(answer.header("connection")).isEqualTo("close");
      client.write("POST /endpoints/chat/invocations HTTP/1.1\r\nHost: smuggled\r\n\r\n");
      assertThat(client.read()).isEqualTo(-1);
      assertThat(container.heads()).hasSize(1);
      await().until(() -> rig.inFlight() == 0);
    }
  }

  @Test
  void usesAnotherConnectionAfterAnEarlyAnswerWithASmallRest() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.write(ok("early"));
                  while (c.read() >= 0) {
                    assertThat(c).isNotNull();
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(HEAD + "Content-Length: 10\r\n\r\n12345");
      assertThat(client.readResponse().body()).isEqualTo("early");
      client.write("67890" + HEAD + "Content-Length: 1\r\n\r\n");
      assertThat(client.readResponse().body()).isEqualTo("early");
      assertThat(container.heads()).hasSize(2);
      assertThat(container.connections()).hasSize(2);
    }
  }

  @Test
  void ignoresInformationalAnswers() throws Exception {
    try (var container =
            RawServer.answering("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("final"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("final");
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("final");
      assertThat(container.connections()).hasSize(1);
    }
  }

  @Test
  void passesAnswersWithoutABodyOn() throws Exception {
    try (var container = RawServer.answering("HTTP/1.1 204 No Content\r\n\r\n");
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.header("transfer-encoding")).isNull();
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(204);
    }
  }

  @Test
  void takesNotModifiedForAnUnusableAnswer() throws Exception {
    try (var container = RawServer.answering("HTTP/1.1 304 Not Modified\r\n\r\n");
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(424);
    }
  }

  @Test
  void readsAnAnswerThatEndsWithItsConnection() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\n\r\nuntil the end");
                  c.close();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("until the end");
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("until the end");
    }
  }

  @Test
  void readsAnAnswerOfAnInstanceThatHalfCloses() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\n\r\nhalf");
                  c.shutdownOutput();
                  while (c.read() >= 0) {
                    assertThat(c).isNotNull();
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("half");
    }
  }

  @Test
  void breaksAnAnswerThatIsCutShort() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                  c.close();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readHead().status()).isEqualTo(200);
      for (int i = 0; i < "only this".length(); i++) {
        assertThat(client.read()).isPositive();
      }
      assertThat(client.read()).isEqualTo(-1);
      await().until(() -> rig.broken() == 1);
    }
  }

  @Test
  void breaksAChunkedAnswerThatIsCutShort() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
                  c.reset();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      client.readHead();
      String rest = "";
      for (int b = client.read(); b >= 0; b = client.read()) {
        rest += (char) b;
      }
      assertThat(rest).isIn("", "1\r\na\r\n");
    }
  }

  @Test
  void reportsAnInstanceThatClosesWithoutAnAnswer() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.reset();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.body()).contains("closed the connection", "SERVER_ERROR_FROM_MODEL");
      assertThat(rig.failed).hasSize(1);
    }
  }

  @Test
  void reportsAnInstanceThatDoesNotSpeakHttp() throws Exception {
    try (var container = RawServer.answering("220 smtp.example ESMTP\r\n\r\n");
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.body()).contains("not valid HTTP");
    }
  }

  @Test
  void doesNotReuseAConnectionTheInstanceCloses() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(ok("x", "Connection: close"));
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(200);
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(container.connections()).hasSize(2);
    }
  }

  @Test
  void closesIfTheClientWantsIt() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x", "Connection: close"));
      assertThat(client.readResponse().header("connection")).isEqualTo("close");
      assertThat(client.read()).isEqualTo(-1);
    }
  }

  @Test
  void speaksOldHttp() throws Exception {
    String old = "POST /endpoints/chat/invocations HTTP/1.0\r\nContent-Length: 1\r\n";
    try (var container =
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
        var rig = GatewayFixture.over(container)) {
      try (var client = rig.connect()) {
        client.write(old + "\r\nx");
        Message answer = client.readResponse();
        assertThat(answer.header("transfer-encoding")).isNull();
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(answer.body()).isEqualTo("a");
      }
    }
    try (var container = RawServer.answering(ok("a"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(old + "Connection: keep-alive\r\n\r\nx");
      assertThat(client.readResponse().header("connection")).isEqualTo("keep-alive");
      client.write(old + "\r\nx");
      assertThat(client.readResponse().header("connection")).isEqualTo("close");
    }
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write("HEAD /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\n\r\n" + post("x"));
      Message head = client.readHead();
      assertThat(head.status()).isEqualTo(405);
      assertThat(head.header("allow")).isEqualTo("POST");
      assertThat(client.readResponse().body()).isEqualTo("x");
    }
  }

  @Test
  void cancelsTheContainersWorkWhenTheClientGoes() throws Exception {
    var cancelled = new CompletableFuture<Integer>();
    var working = new CountDownLatch(1);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  working.countDown();
                  cancelled.complete(c.read());
                });
        var rig = GatewayFixture.over(container)) {
      try (var client = rig.connect()) {
        client.write(post("x"));
        assertThat(working.await(10, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
      await().until(() -> rig.outcomes("client_gone") == 1 && rig.inFlight() == 0);
    }
  }

  @Test
  void takesAHalfClosedClientForGone() throws Exception {
    var cancelled = new CompletableFuture<Integer>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  cancelled.complete(c.read());
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      client.shutdownOutput();
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    }
  }

  @Test
  void survivesAClientThatResetsInItsBody() throws Exception {
    var cancelled = new CompletableFuture<Integer>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.read();
                  cancelled.complete(c.read());
                });
        var rig = GatewayFixture.over(container)) {
      try (var client = rig.connect()) {
        client.write(HEAD + "Content-Length: 100\r\n\r\nx");
        await().until(() -> container.heads().size() == 1);
        client.reset();
      }
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
      await().until(() -> rig.inFlight() == 0);
    }
  }

  @Test
  void speaksOverNioToo() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.nio = true;
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("y".repeat(300_000)));
      assertThat(client.readResponse().body()).isEqualTo("x");
    }
  }

  @Test
  void refusesConnectionsBeyondItsLimit() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxConnections = 1;
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(plan, container);
        var first = rig.connect()) {
      first.write(post("x"));
      assertThat(first.readResponse().status()).isEqualTo(200);
      try (var second = rig.connect()) {
        second.write(post("x"));
        Message answer = second.readResponse();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(second.read()).isEqualTo(-1);
      }
    }
  }
}
