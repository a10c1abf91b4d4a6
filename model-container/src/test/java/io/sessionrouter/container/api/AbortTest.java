package io.sessionrouter.container.api;

import static io.sessionrouter.container.api.TestContainer.longReply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.container.api.TestContainer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that go away in the middle: their work stops, and nothing of it remains. */
@Timeout(60)
@Tag("slow")
class AbortTest {
  private final TestContainer container =
      TestContainer.serving(
          TestContainer.endlessFacts(), "model.max-concurrency", "1", "model.max-new-tokens", "12");

  @AfterEach
  void stop() {
    container.close();
  }

  @Test
  void anAbortedTurnLeavesTheSessionAsItWas() throws IOException {
    String session = container.open("My cat is called Zebulon.").session();
    Reply before = container.say(session, "What is my cat called?");

    abortWhileRunning(session);

    assertIdle();
    Reply after = container.say(session, "What is my cat called?");
    assertThat(after.text()).isEqualTo(before.text());
    assertThat(after.usage("cached"))
        .as("of the aborted turn nothing is in the context")
        .isEqualTo(before.usage("prompt") + before.usage("generated") - 1);
  }

  @Test
  void anAbortedOpeningLeavesNoSessionAndNoMemory() throws IOException {
    abortWhileRunning("NEW_SESSION");

    assertIdle();
    await().until(() -> container.model().sessions().size() == 0);
    await().until(() -> container.model().budget().used() == 0);
  }

  @Test
  void anAbortedStatelessRequestLeavesNoMemory() throws IOException {
    abortWhileRunning("");

    assertIdle();
    await().until(() -> container.model().budget().used() == 0);
  }

  @Test
  void whoGoesAwayWhileWaitingForTheEngineIsForgotten() throws IOException {
    try (Socket running = send("", 16_000)) {
      await().until(() -> container.model().loop().active() == 1);
      Socket waiting = send("", 16_000);
      await().until(() -> container.model().loop().waiting() == 1);

      waiting.close();

      await().until(() -> container.model().loop().waiting() == 0);
      assertThat(container.model().loop().active()).isEqualTo(1);
      assertThat(running.isClosed()).isFalse();
    }
    assertIdle();
  }

  @Test
  void whoGoesAwayInTheLineOfASessionLetsTheNextOneThrough() throws IOException {
    String session = container.open("My cat is called Zebulon.").session();
    Socket running = send(session, 16_000);
    await().until(() -> container.model().loop().active() == 1);
    Socket waiting = send(session, 16_000);
    await().until(() -> inFlight() == 2);
    var last = container.invokeAsync(session, TestContainer.body("What is my cat called?"));
    await().until(() -> inFlight() == 3);

    waiting.close();
    await().until(() -> inFlight() == 2);
    running.close();

    assertThat(last.join().text()).contains("Zebulon");
    assertThat(last.join().usage("prompt")).isLessThan(60);
    assertIdle();
  }

  @Test
  void requestsOfOneSessionGoInTheOrderTheyCame() throws Exception {
    String session = container.open("My cat is called Zebulon.").session();
    var first = container.invokeAsync(session, longReply("Go on.", 1500));
    await().until(() -> inFlight() == 1);
    var second = container.invokeAsync(session, longReply("Go on.", 100));
    await().until(() -> inFlight() == 2);

    Reply third = container.say(session, "What is my cat called?");

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(second.join().usage("cached")).isEqualTo(first.join().usage("prompt") + 1500 - 1);
    assertThat(third.usage("cached")).isEqualTo(second.join().usage("prompt") + 100 - 1);
  }

  @Test
  void aCloseIsCarriedOutEvenIfItsClientDidNotWait() throws IOException {
    String session = container.open("My cat is called Zebulon.").session();
    var running = container.invokeAsync(session, longReply("Go on.", 1500));
    await().until(() -> inFlight() == 1);
    try (Socket closing = send(session, "{\"requestType\":\"CLOSE\"}")) {
      await().until(() -> "SESSION_CLOSED".equals(container.say(session, "hello").code()));
      assertThat(closing.isClosed()).isFalse();
    }

    assertThat(running.join().status()).isEqualTo(200);
    await().until(() -> container.model().budget().used() == 0);
    assertThat(container.model().sessions().size()).isZero();
  }

  @Test
  void whoGoesAwayWithHalfABodyIsForgotten() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), container.port())) {
      socket.getOutputStream().write(RefusalTest.head("Content-Length: 1000"));
      socket.getOutputStream().write("{\"inputs\":".getBytes(StandardCharsets.UTF_8));
    }

    await().until(() -> cancelled() == 1);
    assertThat(container.stateless("hello").status()).isEqualTo(200);
  }

  private void abortWhileRunning(String session) throws IOException {
    try (Socket socket = send(session, 16_000)) {
      await().until(() -> container.model().loop().active() == 1);
      assertThat(socket.isClosed()).isFalse();
    }
  }

  private Socket send(String session, int tokens) throws IOException {
    return send(session, longReply("Go on.", tokens));
  }

  private Socket send(String session, String text) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), container.port());
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    String header = session.isEmpty() ? "X-None: 1" : SessionHeader.NAME + ": " + session;
    socket.getOutputStream().write(RefusalTest.head(header, "Content-Length: " + body.length));
    socket.getOutputStream().write(body);
    return socket;
  }

  private void assertIdle() {
    await().until(() -> container.model().loop().active() == 0 && inFlight() == 0);
  }

  private double inFlight() {
    return container.meters.get("model_container_requests_in_flight").gauge().value();
  }

  private double cancelled() {
    return container
        .meters
        .find("model_container_requests")
        .tags("outcome", "cancelled")
        .counters()
        .stream()
        .mapToDouble(each -> each.count())
        .sum();
  }
}
