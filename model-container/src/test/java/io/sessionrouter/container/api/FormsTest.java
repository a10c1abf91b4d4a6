package io.sessionrouter.container.api;

import static io.sessionrouter.container.api.TestContainer.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.TestContainer.Reply;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers in the form of other containers, to payloads that were written for them. */
@Timeout(60)
class FormsTest {
  private static final String STORY = "My cat is called Zebulon. I live in Quarrington.";
  private static final String FOREIGN = "{\"sagemaker_base_url\":\"http://x\",\"do_sample\":false}";

  @Test
  void tgiHasAListAndEvents() throws IOException {
    try (var container = TestContainer.serving(TestContainer.FACTS, "model.dialect", "tgi")) {
      Reply opened = container.open(STORY);
      String session = opened.session();
      Reply said = container.say(session, "What is the name of my cat?");
      Reply closed = container.close(session);
      Reply refused = container.say(session, "Hello?");

      assertThat(said.body().isArray()).isTrue();
      assertThat(said.body().at("/0/generated_text").asText()).contains("Zebulon");
      assertThat(said.body().at("/0/usage/cached_tokens").asInt()).isPositive();
      assertThat(closed.body().at("/0/generated_text").asText("none")).isEmpty();
      assertThat(refused.code()).as("errors have one form").isEqualTo("SESSION_CLOSED");
      List<JsonNode> events = streamed(container).stream().map(StreamClient::event).toList();
      assertThat(events.getLast().path("details").path("finish_reason").asText())
          .isEqualTo("eos_token");
    }
  }

  @Test
  void lmiHasAnObjectAndLines() throws IOException {
    try (var container = TestContainer.serving(TestContainer.FACTS, "model.dialect", "lmi")) {
      Reply plain = container.stateless(STORY);
      List<JsonNode> lines = streamed(container).stream().map(StreamClient::jsonLine).toList();

      assertThat(plain.text()).isNotEmpty();
      List<String> texts = lines.stream().map(line -> line.at("/token/text").asText()).toList();
      assertThat(String.join("", texts)).isEqualTo(plain.text());
      assertThat(lines.stream().map(line -> line.at("/outputs/0").asText()).toList())
          .isEqualTo(texts);
      assertThat(lines).allMatch(line -> line.at("/token/log_prob").isNumber());
      assertThat(lines.getLast().path("generated_text").asText()).isEqualTo(plain.text());
    }
  }

  @Test
  void answersOfOneJsonAreALine() {
    try (var container = TestContainer.serving(TestContainer.FACTS)) {
      List<Reply> all =
          List.of(
              container.stateless(STORY),
              container.say("nobody-knows", "Hello?"),
              container.send("GET", "ping"));

      assertThat(all)
          .allSatisfy(
              reply -> assertThat(reply.response().body()).endsWith("}\n").containsOnlyOnce("\n"));
    }
  }

  @Test
  void whatIsIgnoredIsNamedAndChangesNothing() throws IOException {
    try (var container = TestContainer.serving(TestContainer.FACTS)) {
      Reply plain = container.stateless(STORY);
      Reply foreign = container.invoke("", body(STORY, FOREIGN));

      assertThat(foreign.status()).isEqualTo(200);
      assertThat(foreign.text()).isEqualTo(plain.text());
      assertThat(foreign.body().at("/usage/ignored"))
          .hasToString("[\"parameters.sagemaker_base_url\"]");
      assertThat(plain.body().at("/usage/ignored").isMissingNode()).isTrue();
      List<String> chunks = streamed(container, body(STORY, FOREIGN), "Accept: text/event-stream");
      assertThat(StreamClient.event(chunks.getLast()).at("/details/ignored"))
          .hasToString("[\"parameters.sagemaker_base_url\"]");
    }
  }

  @Test
  void orRefusedIfThatIsSet() {
    try (var container =
        TestContainer.serving(TestContainer.FACTS, "model.strict-parameters", "true")) {
      Reply refused = container.invoke("", body(STORY, FOREIGN));

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.message()).startsWith("parameters.sagemaker_base_url is unknown");
      assertThat(container.invoke("", body(STORY, "{\"do_sample\":false}")).status())
          .isEqualTo(200);
    }
  }

  @Test
  void theWholeTextBeginsWithTheInput() {
    try (var container = TestContainer.serving(TestContainer.FACTS)) {
      String plain = container.stateless(STORY).text();
      Reply whole = container.invoke("", body(STORY, "{\"return_full_text\":true}"));

      assertThat(whole.text()).isEqualTo(STORY + plain);
    }
  }

  private static List<String> streamed(TestContainer container) throws IOException {
    return streamed(container, body(STORY).replaceFirst("}$", ",\"stream\":true}"));
  }

  private static List<String> streamed(TestContainer container, String body, String... lines)
      throws IOException {
    try (var client = new StreamClient(container.port())) {
      return client.send("", body, lines).head().chunks();
    }
  }
}
