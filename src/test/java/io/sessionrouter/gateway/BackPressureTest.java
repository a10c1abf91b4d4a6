package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The slow side slows the fast side; nothing piles up between them. */
@Tag("slow")
class BackPressureTest {
  private static final int PIECE = 64 * 1024;

  /** Socket buffers on both sides and what the router may hold; far less than the bodies here. */
  private static final long BETWEEN = 24L * 1024 * 1024;

  private static final long WHOLE = 64L * 1024 * 1024;

  @Test
  void aSlowClientSlowsTheContainer() throws Exception {
    var sent = new AtomicLong();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\nContent-Length: " + WHOLE + "\r\n\r\n");
                  pour(c, sent);
                  c.readRequest();
                  c.write(GatewayFixture.ok("still here"));
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      client.readHead();
      stalls(sent);
      assertThat(sent).hasValueLessThan(BETWEEN);
      client.skip(WHOLE);
      await().untilAtomic(sent, org.hamcrest.Matchers.is(WHOLE));
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("still here");
    }
  }

  @Test
  void aSlowContainerSlowsTheClient() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxBody = WHOLE;
    var read = new CountDownLatch(1);
    var received = new CompletableFuture<Long>();
    var sent = new AtomicLong();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
                  received.complete(c.skip(WHOLE));
                  c.write(GatewayFixture.ok("got it"));
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  client.write(
                      "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\nContent-Length: "
                          + WHOLE
                          + "\r\n\r\n");
                  pour(client, sent);
                } catch (IOException e) {
                  received.completeExceptionally(e);
                }
              });
      stalls(sent);
      assertThat(sent).hasValueLessThan(BETWEEN);
      read.countDown();
      assertThat(client.readResponse().body()).isEqualTo("got it");
      assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(WHOLE);
    }
  }

  @Test
  void aChunkedBodyIsCutOffAtItsLimit() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxBody = 100_000;
    var cancelled = new CompletableFuture<Boolean>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  while (c.read() >= 0) {
                    assertThat(c).isNotNull();
                  }
                  cancelled.complete(true);
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(
          "POST /endpoints/chat/invocations HTTP/1.1\r\n"
              + "Host: r\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
      client.write(chunk.repeat(4));
      assertThat(client.readResponse().status()).isEqualTo(413);
      assertThat(cancelled.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void pour(RawConnection to, AtomicLong sent) throws IOException {
    byte[] piece = new byte[PIECE];
    while (sent.get() < WHOLE) {
      to.write(piece);
      sent.addAndGet(PIECE);
    }
  }

  /** Waits until the count has begun and stands still. */
  private static void stalls(AtomicLong sent) {
    long[] last = {-1};
    await()
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              long now = sent.get();
              boolean still = now > 0 && now == last[0];
              last[0] = now;
              return still;
            });
  }
}
