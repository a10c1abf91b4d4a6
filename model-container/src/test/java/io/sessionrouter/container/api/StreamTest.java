package io.sessionrouter.container.api;

import static io.sessionrouter.container.api.TestContainer.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.TestContainer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streamed replies of the bundled model, chunk by chunk. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class StreamTest {
  private static final String STORY = "My cat is called Zebulon. I live in Quarrington.";
  private static final String EVENTS = "Accept: text/event-stream";
  private static final String LINES = "Accept: application/jsonlines";

  private TestContainer container;

  @BeforeAll
  void start() {
    container = TestContainer.serving(TestContainer.FACTS);
  }

  @AfterAll
  void stop() {
    container.close();
  }

  @Test
  void everyTokenIsOneEventOfOneWrite() throws IOException {
    Reply plain = container.stateless(STORY);
    try (var client = client().send("", body(STORY), EVENTS).head()) {
      List<String> chunks = client.chunks();

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.header("Content-Type")).isEqualTo("text/event-stream");
      assertThat(client.header(BootId.HEADER)).isNotEmpty();
      assertThat(chunks).as("and one for the end").hasSize(plain.usage("generated") + 1);
      assertThat(chunks.getFirst())
          .matches(
              "data:\\{\"token\":\\{\"id\":\\d+,\"text\":\"I\",\"logprob\":-[\\d.Ee-]+,"
                  + "\"special\":false},\"generated_text\":null,\"details\":null}\n\n");
      List<JsonNode> events = chunks.stream().map(StreamClient::event).toList();
      assertThat(texts(events)).isEqualTo(plain.text());
      assertThat(events.getLast().path("token").path("special").asBoolean()).isTrue();
      assertThat(events.getLast().path("generated_text").asText()).isEqualTo(plain.text());
      assertThat(events.getLast().path("details"))
          .hasToString(
              "{\"finish_reason\":\"eos_token\",\"generated_tokens\":%d,\"prompt_tokens\":%d,\"cached_tokens\":0}"
                  .formatted(plain.usage("generated"), plain.usage("prompt")));
    }
  }

  @Test
  void theBodyMayAskForItToo() throws IOException {
    String asking = "{\"inputs\":\"Hello!\",\"stream\":true}";
    try (var client = client().send("", asking, "Accept: application/json").head()) {
      assertThat(client.event().path("token").path("text").asText()).isNotEmpty();
      client.chunks();
    }
  }

  @Test
  void everyTokenIsOneLineOfOneWrite() throws IOException {
    Reply plain = container.stateless(STORY);
    try (var client = client().send("", body(STORY), LINES).head()) {
      List<String> chunks = client.chunks();

      assertThat(client.header("Content-Type")).isEqualTo("application/jsonlines");
      assertThat(chunks.getFirst()).isEqualTo("{\"outputs\":[\"I\"]}\n");
      List<JsonNode> lines = chunks.stream().map(StreamClient::jsonLine).toList();
      assertThat(lines.stream().map(line -> line.path("outputs").get(0).asText()))
          .hasSize(plain.usage("generated") + 1)
          .satisfies(texts -> assertThat(String.join("", texts)).isEqualTo(plain.text()));
      assertThat(lines.getLast().path("details").path("finish_reason").asText())
          .isEqualTo("eos_token");
    }
  }

  @Test
  void aSessionIsOpenedInTheHeadAndGoesOn() throws IOException {
    try (var client = client().send("NEW_SESSION", body(STORY), EVENTS).head()) {
      assertThat(client.header(SessionHeader.NAME))
          .isEqualTo(client.session() + "; Expires=2026-01-01T00:20:00Z");
      client.chunks();

      client.send(client.session(), body("What is my cat called?"), EVENTS).head();

      List<JsonNode> events = client.chunks().stream().map(StreamClient::event).toList();
      assertThat(client.session()).isEqualTo(client.header(SessionHeader.NAME));
      assertThat(texts(events)).contains("Zebulon");
      assertThat(events.getLast().path("details").path("cached_tokens").asInt()).isPositive();
    }
  }

  @Test
  void anErrorBeforeTheFirstTokenIsAPlainAnswer() {
    var unknown = streamed("nobody-knows", body("hello"));
    var tooLong = streamed("", body("word ".repeat(16_384)));
    var contradictory = streamed("NEW_SESSION", "{\"requestType\":\"CLOSE\"}");

    assertThat(unknown.code()).isEqualTo("SESSION_NOT_FOUND");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(tooLong.code()).isEqualTo("CONTEXT_TOO_LONG");
    assertThat(contradictory.code()).isEqualTo("INVALID_REQUEST");
    assertThat(List.of(unknown, tooLong, contradictory))
        .map(reply -> reply.header("Content-Type"))
        .containsOnly("application/json");
  }

  @Test
  void anAnswerWithoutAnyTokenIsPlain() {
    Reply opened = streamed("NEW_SESSION", "{}");
    Reply read = streamed(opened.session(), body(STORY, "{\"max_new_tokens\":0}"));
    Reply closed = streamed(opened.session(), "{\"requestType\":\"CLOSE\"}");

    assertThat(List.of(opened, read, closed))
        .allSatisfy(
            reply -> {
              assertThat(reply.status()).isEqualTo(200);
              assertThat(reply.header("Content-Type")).isEqualTo("application/json");
              assertThat(reply.text()).isEmpty();
            });
    assertThat(read.usage("prompt")).isPositive();
    assertThat(closed.header(SessionHeader.CLOSED)).isEqualTo(opened.session());
  }

  @ParameterizedTest
  @ValueSource(strings = {" remember that", "member", "that.", "I"})
  void aStopTextNeverLeaks(String stop) throws IOException {
    String request = body(STORY, "{\"stop\":[\"%s\"]}".formatted(stop));
    Reply plain = container.invoke("", request);
    try (var client = client().send("", request, EVENTS).head()) {
      List<JsonNode> events = client.chunks().stream().map(StreamClient::event).toList();

      assertThat(texts(events)).isEqualTo(plain.text()).doesNotContain(stop);
      assertThat(events.getLast().path("generated_text").asText()).isEqualTo(plain.text());
      assertThat(events.getLast().path("details").path("finish_reason").asText())
          .isEqualTo("stop_sequence");
    }
  }

  @Test
  void charactersOfSeveralTokensComeWhole() throws IOException {
    // So hot that single bytes are drawn, many of them from the middle of a character.
    String request = body(STORY, "{\"temperature\":10,\"seed\":4,\"max_new_tokens\":400}");
    Reply plain = container.invoke("", request);
    try (var client = client().send("", request, EVENTS).head()) {
      List<JsonNode> events = client.chunks().stream().map(StreamClient::event).toList();

      assertThat(plain.text()).as("the test has such characters").matches("(?s).*[^\\x00-\\x7F].*");
      assertThat(texts(events)).isEqualTo(plain.text());
      assertThat(events).hasSizeGreaterThanOrEqualTo(plain.usage("generated"));
    }
  }

  @Test
  void anHttp10ClientGetsItWhole() throws IOException {
    String body = body(STORY);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), container.port())) {
      String request =
          "POST /invocations HTTP/1.0\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(EVENTS, body.length(), body);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .as("a body that ends with the connection could not be told from a broken one")
          .contains("application/json", "\"generated_text\":\"I will remember that.\"");
    }
  }

  private StreamClient client() throws IOException {
    return new StreamClient(container.port());
  }

  private Reply streamed(String session, String body) {
    return container.invoke(session, body, "Accept", "text/event-stream");
  }

  private static String texts(List<JsonNode> events) {
    return events.stream()
        .map(event -> event.path("token").path("text").asText())
        .collect(Collectors.joining());
  }
}
