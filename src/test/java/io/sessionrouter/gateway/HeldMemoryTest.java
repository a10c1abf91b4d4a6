package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What clients hold is counted, and bounded by closing what holds the most for the longest. */
@Tag("slow")
class HeldMemoryTest {
  private static final String HEAD = "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\n";
  private static final String WAITS = "Content-Type: text/waits";
  private static final int LIMIT = 2 << 20;
  private final List<RawConnection> greedy = new ArrayList<>();

  @AfterEach
  void hangUp() {
    greedy.forEach(RawConnection::close);
  }

  private static GatewayFixture rig(RawServer container) throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.memory = LIMIT;
    return GatewayFixture.over(plan, container);
  }

  /** Answers at once, unless a request is one that waits. */
  private static RawServer container(CountDownLatch end) throws IOException {
    return RawServer.playing(
        c -> {
          var head = c.readHead();
          while (head != null) {
            if (WAITS.endsWith(String.valueOf(head.header("content-type")))) {
              end.await();
            }
            c.read();
            c.write(ok("fine"));
            head = c.readHead();
          }
        });
  }

  private void greedy(GatewayFixture rig, String bytes) throws IOException {
    RawConnection connection = rig.connect();
    greedy.add(connection);
    Thread.ofVirtual().start(() -> send(connection, bytes));
  }

  /** As much as is taken, until the connection is closed. */
  private static void send(RawConnection connection, String bytes) {
    try {
      connection.write(bytes);
    } catch (IOException closed) {
      return;
    }
  }

  /** In a burst that room cannot be made for as fast, new work is refused until there is room. */
  private static void requireServed(GatewayFixture rig) throws IOException {
    await("room is made").until(() -> rig.held() <= LIMIT);
    try (var good = rig.connect()) {
      good.write(post("1"));
      assertThat(good.readResponse().status()).isEqualTo(200);
    }
  }

  /** Several times as much as there may be. */
  private void requireBounded(String bytes, int connections) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (var container = container(end);
        var rig = rig(container)) {
      for (int i = 0; i < connections; i++) {
        greedy(rig, bytes);
        if (i % 20 == 0) {
          requireServed(rig);
        }
      }
      await().until(() -> rig.evicted() > 0);
      requireServed(rig);
      end.countDown();
      hangUp();
      await("all is given back").until(() -> rig.held() < LIMIT / 64);
    }
  }

  @Test
  void unfinishedHeads() throws Exception {
    requireBounded(HEAD + ("X: " + "x".repeat(7000) + "\r\n").repeat(4), 200);
  }

  @Test
  void manyHeaderLines() throws Exception {
    requireBounded(HEAD + "X:\r\n".repeat(90) + "X: " + "x".repeat(20_000), 300);
  }

  @Test
  void requestsBehindABusyOne() throws Exception {
    requireBounded(post("x", WAITS) + "A / HTTP/1.1\r\n\r\n".repeat(2000), 300);
  }

  @Test
  void chunksOfOneByte() throws Exception {
    requireBounded(
        HEAD + WAITS + "\r\nTransfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n".repeat(300), 200);
  }

  @Test
  void idleConnections() throws Exception {
    requireBounded("", 700);
  }

  @Test
  void waitingRequests() throws Exception {
    requireBounded(post("x", WAITS, "X: " + "y".repeat(8000)), 300);
  }

  @Test
  void chunksOfOneByteGoOnTogether() throws Exception {
    String body = "0123456789".repeat(50);
    StringBuilder chunks = new StringBuilder();
    body.chars().forEach(c -> chunks.append("1\r\n").append((char) c).append("\r\n"));
    List<String> received = new ArrayList<>();
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  String chunk = c.readChunk();
                  while (!chunk.isEmpty()) {
                    received.add(chunk);
                    chunk = c.readChunk();
                  }
                  c.write(ok("done"));
                });
        var rig = rig(container);
        var client = rig.connect()) {
      client.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
      assertThat(client.readResponse().body()).isEqualTo("done");
    }
    assertThat(String.join("", received)).isEqualTo(body);
    assertThat(received).hasSizeLessThan(body.length() / 20);
  }

  @Test
  void responsesThatNobodyReads() throws Exception {
    // Encoded once: forty copies would fill the heap.
    byte[] answer =
        ("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + "z".repeat(16_000_000))
            .getBytes(US_ASCII);
    try (var container =
            RawServer.playing(
                c -> {
                  while (c.readRequest() != null) {
                    c.write(answer);
                  }
                });
        var rig = rig(container)) {
      for (int i = 0; i < 40; i++) {
        greedy(rig, post("x"));
      }
      await().until(() -> rig.evicted() > 0);
      await().until(() -> rig.held() <= LIMIT);
    }
  }

  @Test
  void oneAddressHasSoManyConnections() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.maxPerAddress = 2;
    try (var container = container(new CountDownLatch(0));
        var rig = GatewayFixture.over(plan, container)) {
      try (var first = rig.connect();
          var second = rig.connect();
          var third = rig.connect()) {
        first.write(post("1"));
        assertThat(first.readResponse().status()).isEqualTo(200);
        second.write(post("1"));
        assertThat(second.readResponse().status()).isEqualTo(200);
        third.write(post("1"));
        assertThat(third.readResponse().status()).isEqualTo(503);
      }
      await()
          .untilAsserted(
              () -> {
                try (var later = rig.connect()) {
                  later.write(post("1"));
                  assertThat(later.readResponse().status()).isEqualTo(200);
                }
              });
    }
  }
}
