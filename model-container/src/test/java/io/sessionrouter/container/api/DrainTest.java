package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.container.api.TestContainer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of the container: who is still served, what is waited for, what is counted. */
@Timeout(60)
class DrainTest {
  private static final String FACT = "My cat is called Zebulon.";
  private static final String QUESTION = "What is my cat called?";

  private static TestContainer container(String drainTimeout) {
    return TestContainer.serving(
        TestContainer.FACTS, "model.drain-notice", "0s", "model.drain-timeout", drainTimeout);
  }

  /** On a thread of its own: the HTTP client answers on the common pool. */
  private static CompletableFuture<Void> begin(TestContainer container) {
    var drained = new CompletableFuture<Void>();
    Thread.ofVirtual().start(() -> run(container, drained));
    await().until(() -> !container.drain.opens());
    return drained;
  }

  private static void run(TestContainer container, CompletableFuture<Void> drained) {
    try {
      container.drain.run();
      drained.complete(null);
    } catch (InterruptedException | RuntimeException failed) {
      drained.completeExceptionally(failed);
    }
  }

  private static HttpResponse<String> ping(TestContainer container) throws Exception {
    URI url = URI.create("http://127.0.0.1:%d/ping".formatted(container.port()));
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }
  }

  @Test
  void goesOnWithItsSessionsAndOpensNone() throws Exception {
    try (var container = container("10m")) {
      String session = container.open(FACT).session();
      assertThat(ping(container).statusCode()).isEqualTo(200);

      CompletableFuture<Void> drained = begin(container);

      HttpResponse<String> ping = ping(container);
      assertThat(ping.statusCode()).isEqualTo(503);
      assertThat(ping.headers().firstValue("X-Session-Router-Draining")).contains("true");
      assertThat(ping.headers().firstValue("X-Session-Router-Boot-Id")).isPresent();
      Reply refused = container.open(FACT);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("DRAINING");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(container.say(session, QUESTION).text()).contains("Zebulon");
      assertThat(drained).isNotDone();

      container.close(session);
      drained.join();
      assertThat(ended(container, "drained")).isZero();
    }
  }

  @Test
  void takesNewSessionsUntilRoutersHadTimeToNotice() throws Exception {
    try (var container = TestContainer.serving(TestContainer.FACTS, "model.drain-notice", "1h")) {
      Thread drain = Thread.ofVirtual().start(() -> run(container, new CompletableFuture<>()));
      await().until(container.drain::begun);

      assertThat(ping(container).statusCode()).isEqualTo(503);
      assertThat(container.open(FACT).status()).isEqualTo(200);
      drain.interrupt();
    }
  }

  @Test
  void closesWhatIsLeftAtTheDeadlineAndCountsEach() {
    try (var container = container("0s")) {
      String first = container.open(FACT).session();
      container.open(FACT);

      begin(container).join();

      assertThat(container.model().sessions().size()).isZero();
      assertThat(container.model().budget().used()).isZero();
      assertThat(ended(container, "drained")).isEqualTo(2);
      Reply late = container.say(first, QUESTION);
      assertThat(late.status()).isEqualTo(410);
      assertThat(late.message()).contains("the container was stopped");
    }
  }

  /** A stream may take longer than whoever will kill the container waits. */
  @Test
  void doesNotWaitForARunningReplyAtTheDeadline() {
    try (var container =
        TestContainer.serving(
            TestContainer.endlessFacts(),
            "model.drain-notice",
            "0s",
            "model.drain-timeout",
            "0s",
            "model.max-new-tokens",
            "12000")) {
      String opening = TestContainer.longReply(FACT, 5);
      String idle = container.invoke("NEW_SESSION", opening).session();
      String busy = container.invoke("NEW_SESSION", opening).session();
      var reply = container.invokeAsync(busy, TestContainer.longReply(QUESTION, 12_000));
      await().until(() -> container.model().requests() == 1);

      begin(container).join();

      assertThat(container.model().sessions().size()).isZero();
      assertThat(ended(container, "drained")).isEqualTo(2);
      assertThat(container.say(idle, QUESTION).status()).isEqualTo(410);
      assertThat(reply.join().status()).as("ended with its session").isNotEqualTo(200);
    }
  }

  /** Without sessions, too: a request that carries everything is worth waiting for. */
  @Test
  void waitsForRequestsThatBelongToNoSession() throws Exception {
    try (var container =
        TestContainer.serving(
            TestContainer.endlessFacts(),
            "model.drain-notice",
            "0s",
            "model.drain-timeout",
            "10m",
            "model.max-new-tokens",
            "12000")) {
      var reply = container.invokeAsync("", TestContainer.longReply(QUESTION, 300));
      await().until(() -> container.model().requests() == 1);

      begin(container).join();

      assertThat(reply.join().status()).isEqualTo(200);
    }
  }

  @Test
  void isOverAtOnceWithoutSessions() {
    try (var container = container("10m")) {
      begin(container).join();
    }
  }

  private static double ended(TestContainer container, String reason) {
    var counter =
        container.meters.find("model_container_sessions_ended").tag("reason", reason).counter();
    return counter == null ? 0 : counter.count();
  }
}
