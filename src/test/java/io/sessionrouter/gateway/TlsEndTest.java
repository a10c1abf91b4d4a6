package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.testing.TappedSocket;
import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestTls;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** How a TLS connection ends: announced, so that nobody takes a part for the whole. */
class TlsEndTest {
  private static final int ALERT = 21;

  private static TestTls ours() {
    return TestTls.trusting(TestCa.OURS);
  }

  /** In TLS 1.2 the kind of a record can be seen from outside. */
  private static RawConnection over(TappedSocket tapped) throws IOException {
    return new RawConnection(ours().only("TLSv1.2").connect(tapped), new ArrayList<>());
  }

  private static GatewayFixture.Plan towardsClients() {
    var plan = new GatewayFixture.Plan();
    plan.clients = ours().as(WireMode.ROUTER);
    return plan;
  }

  @Test
  void announcesTheEndOfAConnectionThatTheClientStillSendsOn() throws Exception {
    var plan = towardsClients();
    plan.maxBody = 1000;
    try (var container = RawServer.answering(GatewayFixture.ok("hello"));
        var rig = GatewayFixture.over(plan, container);
        var tapped = new TappedSocket(InetAddress.getLoopbackAddress(), rig.port());
        var client = over(tapped)) {
      client.write(
          "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\nContent-Length: 500000\r\n\r\n");
      client.write("x".repeat(100_000));

      assertThat(client.readResponse().status()).isEqualTo(413);
      assertThat(client.read()).isNegative();
      assertThat(tapped.recordKinds()).last().isEqualTo(ALERT);
    }
  }

  @Test
  void announcesTheEndOfAConnectionThatTheClientWantsClosed() throws Exception {
    try (var container = RawServer.answering(GatewayFixture.ok("hello"));
        var rig = GatewayFixture.over(towardsClients(), container);
        var tapped = new TappedSocket(InetAddress.getLoopbackAddress(), rig.port());
        var client = over(tapped)) {
      client.write(post("x", "Connection: close"));

      assertThat(client.readResponse().body()).isEqualTo("hello");
      assertThat(client.read()).isNegative();
      assertThat(tapped.recordKinds()).last().isEqualTo(ALERT);
    }
  }

  @Test
  void takesAnAnswerWithoutALengthThatIsCutOffForBroken() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.instances = ours();
    try (var container =
            RawServer.plain(
                raw -> {
                  RawConnection c = raw.secured(ours().as(WireMode.CONTAINER));
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\n\r\nthe half of what");
                  raw.close();
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readHead().startLine()).contains("200");

      assertThatThrownBy(
              () -> {
                while (!client.readChunk().isEmpty()) {
                  assertThat(client).isNotNull();
                }
              })
          .isInstanceOf(IOException.class);
      await().until(() -> rig.broken() == 1);
    }
  }
}
