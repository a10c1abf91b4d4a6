package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.gateway.RawConnection.Message;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing may be waited for without an end. Limits are short here; order counts, not time. */
@Tag("slow")
class TimersTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  /** Long enough for what a test does meanwhile. */
  private static final Duration BRIEF = Duration.ofSeconds(1);

  private static final Duration NEVER = Duration.ofHours(1);
  private static final String HEAD = "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\n";

  @Test
  void closesAnIdleConnection() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.idle = SHORT;
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(plan, container)) {
      try (var silent = rig.connect()) {
        assertThat(silent.read()).isEqualTo(-1);
      }
      try (var client = rig.connect()) {
        client.write(post("x"));
        assertThat(client.readResponse().status()).isEqualTo(200);
        assertThat(client.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void doesNotWaitForEverForAHead() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.head = SHORT;
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write("POST /endpoints/chat/invoc");
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("head did not arrive in time");
      assertThat(client.read()).isEqualTo(-1);
    }
  }

  @Test
  void anIdleConnectionIsNotTakenForAnUnfinishedHead() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.head = SHORT;
    plan.idle = Duration.ofMillis(600);
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write("GET / HTTP/1.1\r\nHost: r\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(404);
      assertThat(client.read()).as("closed without a 408").isEqualTo(-1);
      assertThat(rig.outcomes("client_too_slow")).isZero();
    }
  }

  @Test
  void doesNotWaitForEverForABody() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.body = SHORT;
    var cancelled = new CompletableFuture<Integer>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.read();
                  cancelled.complete(c.read());
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(HEAD + "Content-Length: 10\r\n\r\nx");
      assertThat(client.readResponse().status()).isEqualTo(408);
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
      assertThat(client.read()).isEqualTo(-1);
    }
  }

  @Test
  void aConnectThatTakesTooLongIsGivenUp() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.connect = SHORT;
    try (var full = new FullBacklog();
        var rig = new GatewayFixture(plan, full.port());
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(503);
      assertThat(rig.failed).isNotEmpty();
    }
  }

  @Test
  void doesNotWaitForEverForTheFirstByte() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.firstByte = SHORT;
    var cancelled = new CompletableFuture<Integer>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  cancelled.complete(c.read());
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x"));
      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.body()).contains("timed out");
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    }
  }

  @Test
  void doesNotStreamForEver() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.stream = SHORT;
    var cancelled = new CompletableFuture<Integer>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
                  cancelled.complete(c.read());
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x"));
      client.readHead();
      assertThat(client.readChunk()).isEqualTo("a");
      assertThat(client.read()).as("broken, not ended").isEqualTo(-1);
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    }
  }

  @Test
  void doesNotWaitForEverForTheRestOfAnErrorBody() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.firstByte = SHORT;
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\nhalf");
                  c.read();
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(424);
    }
  }

  /** The rest of the body has a much longer limit, which must not take the stream's place. */
  @Test
  void aBodyThatStillArrivesDoesNotProlongTheStream() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.stream = BRIEF;
    plan.body = NEVER;
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
                  c.skip(Long.MAX_VALUE);
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(HEAD + "Content-Length: 1000\r\n\r\nx");
      client.readHead();
      assertThat(client.readChunk()).isEqualTo("a");
      client.write("y");

      assertThat(client.read()).as("broken, not ended").isEqualTo(-1);
      assertThat(rig.outcomes("model_timeout")).isEqualTo(1);
    }
  }

  @Test
  void norDoesItProlongTheWaitForTheRestOfAnErrorBody() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.firstByte = BRIEF;
    plan.body = NEVER;
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.write("HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\nhalf");
                  c.skip(Long.MAX_VALUE);
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(HEAD + "Content-Length: 1000\r\n\r\nx");
      await()
          .pollInterval(SHORT)
          .until(
              () -> {
                client.write("y");
                return rig.outcomes("model_timeout") == 1;
              });

      Message answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.body()).contains("timed out");
    }
  }

  @Test
  void endsALingeringConnection() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(HEAD + "Content-Length: 30000000\r\n\r\nx");
      assertThat(client.readResponse().status()).isEqualTo(413);
      await()
          .until(() -> rig.registry.get("session_router_client_connections").gauge().value() == 0);
    }
  }

  /** Its client may read the answer only when it has sent all. */
  @Test
  void doesNotCutOffASlowUploadThatItHasAnswered() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(HEAD + "Content-Length: 30000000\r\n\r\nx");
      await().until(() -> rig.outcomes("body_too_large") == 1);
      var pieces = new AtomicInteger();
      await()
          .pollInterval(Duration.ofMillis(250))
          .until(
              () -> {
                client.write("y");
                return pieces.incrementAndGet() == 12;
              });

      assertThat(client.readResponse().status()).isEqualTo(413);
    }
  }
}
