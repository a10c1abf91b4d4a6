package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.gateway.RawConnection.Message;
import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestIdentity;
import io.sessionrouter.testing.TestTls;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS decides: who is spoken to at all, and how a connection begins and ends. */
@Tag("slow")
class TlsTest {
  private static final String HANDSHAKE_FAILURES = "session_router_tls_handshake_failures";

  private static TestTls ours() {
    return TestTls.trusting(TestCa.OURS);
  }

  private static GatewayFixture.Plan towardsClients() {
    var plan = new GatewayFixture.Plan();
    plan.clients = ours().as(WireMode.ROUTER);
    return plan;
  }

  private static GatewayFixture.Plan towardsInstances() {
    var plan = new GatewayFixture.Plan();
    plan.instances = ours();
    return plan;
  }

  private static double handshakeFailures(GatewayFixture rig) {
    return rig.registry.get(HANDSHAKE_FAILURES).counter().count();
  }

  // Clients

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void showsItsCertificateAndSpeaksHttp11(String protocol) throws Exception {
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(towardsClients(), container);
        var client = RawConnection.to(rig.port(), ours().only(protocol), "h2", "http/1.1")) {
      client.write(post("x"));

      assertThat(client.readResponse().body()).isEqualTo("hello");
      assertThat(client.protocol()).isEqualTo("http/1.1");
      assertThat(client.certificate()).isEqualTo(WireMode.ROUTER.certificate());
      assertThat(handshakeFailures(rig)).isZero();
    }
  }

  @Test
  void needsNoAlpn() throws Exception {
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(towardsClients(), container);
        var client = RawConnection.to(rig.port(), ours())) {
      client.write(post("x"));

      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(client.protocol()).isEmpty();
    }
  }

  @Test
  void refusesAClientThatSpeaksNoHttp11() throws Exception {
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(towardsClients(), container)) {
      assertThatThrownBy(() -> RawConnection.to(rig.port(), ours(), "h2"))
          .isInstanceOf(IOException.class);
      await().until(() -> handshakeFailures(rig) == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: router\r\n\r\n", "\u0016\u0003\u0001garbage"})
  void closesAConnectionThatSpeaksNoTls(String said) throws Exception {
    var plan = towardsClients();
    plan.clients.handshakeWithin(Duration.ofMillis(200));
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(plan, container);
        var client = RawConnection.to(rig.port())) {
      client.write(said);

      while (client.read() >= 0) {
        assertThat(handshakeFailures(rig)).as("an alert may come first").isLessThanOrEqualTo(1);
      }
      await().until(() -> handshakeFailures(rig) == 1);
      assertThat(container.heads()).isEmpty();
    }
  }

  @Test
  void aClientThatSaysNothingIsNotWaitedFor() throws Exception {
    var plan = towardsClients();
    plan.clients.handshakeWithin(Duration.ofMillis(200));
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(plan, container);
        var client = RawConnection.to(rig.port())) {
      assertThat(client.read()).isNegative();
      await().until(() -> handshakeFailures(rig) == 1);
    }
  }

  @Test
  void whoOnlyLooksWhetherThePortIsOpenIsNotCounted() throws Exception {
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(towardsClients(), container)) {
      RawConnection.to(rig.port()).close();
      try (var other = RawConnection.to(rig.port())) {
        other.write("not TLS at all");
        await().until(() -> handshakeFailures(rig) > 0);
      }
      assertThat(handshakeFailures(rig)).isEqualTo(1);
    }
  }

  @Test
  void anUnusedConnectionIsNotTakenForOneThatHasBegunARequest() throws Exception {
    var plan = towardsClients();
    plan.head = Duration.ofMillis(200);
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(plan, container);
        var unused = rig.connect();
        var begun = rig.connect()) {
      begun.write("POST /end");
      assertThat(begun.readResponse().status()).isEqualTo(408);

      unused.write(post("x"));
      assertThat(unused.readResponse().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void refusesClientsWithoutACertificateItTrusts(String protocol) throws Exception {
    var plan = towardsClients();
    plan.clientAuth = true;
    TestIdentity stranger = TestCa.STRANGERS.identity("client");
    try (var container = RawServer.answering(ok("hello"));
        var rig = GatewayFixture.over(plan, container);
        var known = RawConnection.to(rig.port(), ours().only(protocol).as(WireMode.CLIENT))) {
      known.write(post("x"));
      assertThat(known.readResponse().status()).isEqualTo(200);

      assertThat(answered(rig, ours().only(protocol))).isFalse();
      assertThat(answered(rig, ours().only(protocol).as(stranger))).isFalse();
      await().until(() -> handshakeFailures(rig) == 2);
      assertThat(container.heads()).hasSize(1);
    }
  }

  /** In TLS 1.3 a client's own handshake is over before it is refused. */
  private static boolean answered(GatewayFixture rig, TestTls tls) {
    try (var client = RawConnection.to(rig.port(), tls)) {
      client.write(post("x"));
      return client.read() >= 0;
    } catch (IOException refused) {
      return false;
    }
  }

  // Instances

  @Test
  void speaksTlsToInstances() throws Exception {
    try (var container =
            RawServer.playing(
                ours().as(WireMode.CONTAINER),
                c -> {
                  while (c.readRequest() != null) {
                    c.write(ok("hello"));
                  }
                });
        var rig = GatewayFixture.over(towardsInstances(), container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("hello");
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("hello");
      assertThat(container.connections()).hasSize(1);
      assertThat(container.connections().getFirst().protocol()).isEmpty();
    }
  }

  @Test
  void triesAnotherInstanceIfOneIsNotTrusted() throws Exception {
    TestIdentity stranger = TestCa.STRANGERS.identity("127.0.0.1");
    assertFallsBack(towardsInstances(), ours().as(stranger));
  }

  @Test
  void triesAnotherInstanceIfOneHasTheNameOfAnother() throws Exception {
    TestIdentity other = TestCa.OURS.identity("other.example", "127.0.0.2");
    assertFallsBack(towardsInstances(), ours().as(other));
  }

  private static void assertFallsBack(GatewayFixture.Plan plan, TestTls unwanted) throws Exception {
    try (var wrong = RawServer.playing(unwanted, RawConnection::readRequest);
        var right = answering(ours().as(WireMode.CONTAINER), "right");
        var rig = GatewayFixture.over(plan, wrong, right);
        var client = rig.connect()) {
      client.write(post("x".repeat(200_000)));

      assertThat(client.readResponse().body()).isEqualTo("right");
      assertThat(rig.failed).containsExactly(rig.members.getFirst());
      assertThat(wrong.heads()).isEmpty();
    }
  }

  private static RawServer answering(TestTls tls, String body) throws IOException {
    return RawServer.playing(
        tls,
        c -> {
          while (c.readRequest() != null) {
            c.write(ok(body));
          }
        });
  }

  @Test
  void neverSendsASessionElsewhereBecauseOfACertificate() throws Exception {
    TestIdentity stranger = TestCa.STRANGERS.identity("127.0.0.1");
    try (var wrong = RawServer.playing(ours().as(stranger), RawConnection::readRequest);
        var right = answering(ours().as(WireMode.CONTAINER), "right");
        var rig = GatewayFixture.over(towardsInstances(), wrong, right);
        var client = rig.connect()) {
      rig.bind("s-1", 0, "");
      client.write(post("x", session("s-1")));
      Message answer = client.readResponse();

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      assertThat(right.heads()).isEmpty();
    }
  }

  @Test
  void triesAnotherInstanceIfOneDoesNotAnswerTheHandshakeInTime() throws Exception {
    var plan = towardsInstances();
    plan.instances.handshakeWithin(Duration.ofMillis(300));
    var over = new CountDownLatch(1);
    try (var silent = RawServer.plain(c -> over.await());
        var right = answering(ours().as(WireMode.CONTAINER), "right");
        var rig = GatewayFixture.over(plan, silent, right);
        var client = rig.connect()) {
      // One that answers in time has had its first, slow handshake before.
      rig.bind("warm", 1, "");
      await()
          .until(
              () -> {
                client.write(post("x", session("warm")));
                return client.readResponse().status() == 200;
              });
      client.write(post("x"));

      assertThat(client.readResponse().body()).isEqualTo("right");
      assertThat(rig.failed).contains(rig.members.getFirst());
      over.countDown();
    }
  }

  @Test
  void triesAnotherInstanceIfOneSpeaksNoTls() throws Exception {
    try (var plain = RawServer.plain(c -> c.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
        var right = answering(ours().as(WireMode.CONTAINER), "right");
        var rig = GatewayFixture.over(towardsInstances(), plain, right);
        var client = rig.connect()) {
      client.write(post("x"));

      assertThat(client.readResponse().body()).isEqualTo("right");
      assertThat(rig.failed).containsExactly(rig.members.getFirst());
    }
  }

  @Test
  void mayBeToldNotToCheckNames() throws Exception {
    var plan = towardsInstances();
    plan.instances.verifying("NONE");
    try (var container = answering(ours().as(TestCa.OURS.identity("elsewhere.example")), "hello");
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x"));

      assertThat(client.readResponse().body()).isEqualTo("hello");
    }
  }
}
