package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broken answer never looks like a whole one, and an answer with two ends is none. */
class BrokenAnswersTest {
  private static final String OLD =
      "POST /endpoints/chat/invocations HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}";
  private static final String PART =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

  private static byte[] ask(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(OLD.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket.getInputStream().readAllBytes();
  }

  private static RawServer breaking() throws IOException {
    return RawServer.playing(
        c -> {
          c.readRequest();
          c.write(PART);
          c.close();
        });
  }

  @Test
  void anAnswerThatEndsWithTheConnectionIsReset() throws Exception {
    try (var container = breaking();
        var rig = GatewayFixture.over(container);
        var client = new Socket(InetAddress.getLoopbackAddress(), rig.port())) {
      assertThatThrownBy(() -> ask(client)).hasMessageContaining("reset");
    }
  }

  @Test
  void andOverTlsNobodyAnnouncesItsEnd() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.clients = TestTls.trusting(TestCa.OURS).as(WireMode.ROUTER);
    try (var container = breaking();
        var rig = GatewayFixture.over(plan, container);
        var client =
            TestTls.trusting(TestCa.OURS).connect(InetAddress.getLoopbackAddress(), rig.port())) {
      assertThatThrownBy(() -> ask(client)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whenTheRouterEndsItIsReset() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(PART);
                  c.read();
                });
        var client = new Socket()) {
      GatewayFixture rig = GatewayFixture.over(container);
      client.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), rig.port()));
      client.getOutputStream().write(OLD.getBytes(StandardCharsets.US_ASCII));
      InputStream in = client.getInputStream();
      assertThat(in.read()).isEqualTo('H');
      rig.close();
      assertThatThrownBy(in::readAllBytes).hasMessageContaining("reset");
    }
  }

  @Test
  void aWholeAnswerEndsInPeace() throws Exception {
    try (var container = RawServer.answering(PART + "0\r\n\r\n");
        var rig = GatewayFixture.over(container);
        var client = new Socket(InetAddress.getLoopbackAddress(), rig.port())) {
      assertThat(new String(ask(client), StandardCharsets.US_ASCII)).endsWith("\r\n\r\nhello");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip, chunked",
        "xchunked",
        "chunked, gzip",
        "identity",
        "chunked\r\nTransfer-Encoding: chunked",
        "gzip\r\nTransfer-Encoding: chunked"
      })
  void anAnswerWithAnotherEncodingIsUnusable(String encoding) throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + encoding + "\r\n\r\n2\r\nhi\r\n0\r\n";
    try (var container = RawServer.answering(answer + "\r\n");
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      var refused = client.readResponse();
      assertThat(refused.header("x-amzn-errortype")).isEqualTo("ModelError");
      assertThat(refused.body()).contains("not valid HTTP");
    }
  }
}
