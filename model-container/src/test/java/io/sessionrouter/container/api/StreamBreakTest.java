package io.sessionrouter.container.api;

import static io.sessionrouter.container.api.TestContainer.body;
import static io.sessionrouter.container.api.TestContainer.longReply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.TestContainer.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that do not come to their end, and readers that are slow. */
@Timeout(120)
@Tag("slow")
class StreamBreakTest {
  private static final String STORY = "My cat is called Zebulon.";
  private static final String EVENTS = "Accept: text/event-stream";
  private static final int ENDLESS = 16_000;

  /** Until all buffers are full, thousands of tokens are computed. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** More than all small buffers between the engine and a reader that does not read. */
  private static final int LONG = 1000;

  @SuppressWarnings("NullAway.Init") // every test begins with serve
  private TestContainer container;

  private void serve(String... keysAndValues) {
    container = TestContainer.serving(TestContainer.endlessFacts(), keysAndValues);
  }

  private void serveThroughSmallBuffers(String... keysAndValues) {
    container =
        TestContainer.servingThroughSmallBuffers(TestContainer.endlessFacts(), keysAndValues);
  }

  @AfterEach
  void stop() {
    container.close();
  }

  @Test
  void theGenerationStopsWithinOneTokenWhenTheClientGoesAway() throws IOException {
    serve();
    try (var client = stream("", ENDLESS)) {
      client.event();
      client.event();
    }

    await().until(() -> outcome("cancelled") == 1);
    assertThat(generated()).isBetween(2.0, ENDLESS - 1.0);
    assertThat(container.counted("tokens", "kind", "discarded"))
        .as("tokens computed after the connection was known to be gone")
        .isLessThanOrEqualTo(1);
    assertIdle();
    await().until(() -> container.model().budget().used() == 0);
  }

  @Test
  void aCancelledStreamStaysInItsSessionAsFarAsItCame() throws IOException {
    serve();
    String session = container.invoke("NEW_SESSION", longReply(STORY, 12)).session();
    String twin = container.invoke("NEW_SESSION", longReply(STORY, 12)).session();
    int prompt = container.invoke(twin, longReply("Go on.", 1)).usage("prompt");
    double before = generated();
    try (var client = stream(session, ENDLESS)) {
      client.event();
      client.event();
    }
    await().until(() -> outcome("cancelled") == 1);
    int said = (int) (generated() - before);

    Reply next = container.invoke(session, longReply("What is my cat called?", 12));

    assertThat(next.usage("cached"))
        .as("the question and what was said to it, but for the last token")
        .isEqualTo(prompt + said - 1);
    assertThat(next.text()).contains("Zebulon");
  }

  @Test
  void aSessionWhoseOpeningWasCutIsThereIfItsHeadWasSent() throws IOException {
    serve();
    String session;
    try (var client = stream("NEW_SESSION", ENDLESS)) {
      client.event();
      session = client.session();
    }
    await().until(() -> outcome("cancelled") == 1);

    Reply next = container.invoke(session, longReply("Go on.", 3));

    assertThat(next.status()).isEqualTo(200);
    assertThat(next.usage("cached")).isPositive();
  }

  @Test
  void aSlowReaderSlowsItsOwnReplyAndNoOther() throws IOException {
    serveThroughSmallBuffers("model.max-concurrency", "1");
    try (var slow = stream("", LONG)) {
      slow.event();
      await().until(() -> container.gauge("sequences_paused") == 1);

      Reply other = container.invoke("", longReply("hello", 20));

      assertThat(other.usage("generated")).isEqualTo(20);
      await().until(() -> container.gauge("sequences_paused") == 1);
      assertThat(generated()).as("not all for the one that does not read").isLessThan(LONG);

      List<String> rest = slow.chunks();
      assertThat(rest).as("nothing is lost").hasSize(LONG - 1);
      assertThat(StreamClient.event(rest.getLast()).path("details").path("finish_reason").asText())
          .isEqualTo("length");
    }
    await().until(() -> outcome("ok") == 2);
  }

  @Test
  void whoDoesNotReadAtAllIsCutOffInTime() throws IOException {
    serve("model.stream-stall-timeout", "1s");
    String session = container.invoke("NEW_SESSION", longReply(STORY, 12)).session();
    try (var client = stream(session, ENDLESS)) {
      client.event();

      await().atMost(PATIENCE).until(() -> outcome("stalled") == 1);

      assertIdle();
      assertThatThrownBy(client::chunks)
          .as("never the body's proper end")
          .isInstanceOfAny(EOFException.class, SocketException.class);
    }
    assertThat(container.invoke(session, longReply("What is my cat called?", 3)).status())
        .isEqualTo(200);
  }

  @Test
  void aStreamThatTakesTooLongEndsWithAnError() throws IOException {
    serve("model.stream-timeout", "1s");
    try (var client = stream("", ENDLESS)) {
      JsonNode last = StreamClient.event(client.chunks().getLast());

      assertThat(last.path("error_type").asText()).isEqualTo("TIMEOUT");
      assertThat(last.path("error").asText()).contains("1S");
      assertThat(last.has("token")).isFalse();
    }
    assertIdle();
    assertThat(outcome("timeout")).isEqualTo(1);
  }

  @Test
  void aReplyThatRunsOutOfMemoryEndsWithAnError() throws IOException {
    serve("model.session-memory", "2M");
    try (var client = stream("", 1000)) {
      List<String> chunks = client.chunks();

      assertThat(chunks).hasSizeBetween(100, 256);
      assertThat(StreamClient.event(chunks.getLast()).path("error_type").asText())
          .isEqualTo("OUT_OF_SESSION_MEMORY");
    }
    try (var client = stream("", 1000, "Accept: application/jsonlines")) {
      List<String> lines = client.chunks();

      assertThat(StreamClient.jsonLine(lines.getLast()).path("error_type").asText())
          .isEqualTo("OUT_OF_SESSION_MEMORY");
    }
    assertIdle();
  }

  @Test
  void noTimeoutEndsASessionWhoseStreamRuns() throws IOException {
    serveThroughSmallBuffers("model.session-idle-timeout", "5m", "model.session-ttl", "20m");
    String session = container.invoke("NEW_SESSION", longReply(STORY, 12)).session();
    try (var client = stream(session, LONG)) {
      client.event();
      await().until(() -> container.gauge("sequences_paused") == 1);

      container.clock.advance(Duration.ofMinutes(10));

      assertThat(container.model().sessions().reap()).as("idle for 10 minutes?").isZero();
      assertThat(client.chunks()).hasSize(LONG - 1);
    }
    await().until(() -> outcome("ok") == 2);
    assertThat(container.invoke(session, longReply("Go on.", 3)).status())
        .as("its idle time counts from the stream's end")
        .isEqualTo(200);

    container.clock.advance(Duration.ofMinutes(6));
    assertThat(container.invoke(session, body("Go on.")).code()).isEqualTo("SESSION_EXPIRED");
  }

  @Test
  void theNextRequestOfTheSessionWaitsForTheStreamsEnd() throws IOException {
    serveThroughSmallBuffers();
    String session = container.invoke("NEW_SESSION", longReply(STORY, 12)).session();
    try (var client = stream(session, LONG)) {
      client.event();
      await().until(() -> container.gauge("sequences_paused") == 1);
      var next = container.invokeAsync(session, longReply("Go on.", 3));
      await().until(() -> container.gauge("requests_in_flight") == 2);
      assertThat(next).isNotDone();

      JsonNode last = StreamClient.event(client.chunks().getLast()).path("details");

      assertThat(next.join().usage("cached"))
          .isEqualTo(last.path("prompt_tokens").asInt() + LONG - 1);
    }
  }

  private StreamClient stream(String session, int tokens) throws IOException {
    return stream(session, tokens, EVENTS);
  }

  private StreamClient stream(String session, int tokens, String accept) throws IOException {
    return new StreamClient(container.port())
        .send(session, longReply("Go on.", tokens), accept)
        .head();
  }

  private double generated() {
    return container.counted("tokens", "kind", "generated");
  }

  private double outcome(String outcome) {
    return container.counted("requests", "outcome", outcome);
  }

  private void assertIdle() {
    await()
        .until(
            () ->
                container.model().loop().active() == 0
                    && container.model().loop().paused() == 0
                    && container.gauge("requests_in_flight") == 0);
  }
}
