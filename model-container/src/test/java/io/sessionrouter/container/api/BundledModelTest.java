package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionrouter.container.api.TestContainer.Reply;
import java.io.IOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The dialogs that come with the bundled model, with names that its training never saw. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class BundledModelTest {
  private TestContainer container;

  @BeforeAll
  void start() {
    container = TestContainer.serving(TestContainer.FACTS);
  }

  @AfterAll
  void stop() {
    container.close();
  }

  Stream<JsonNode> examples() throws IOException {
    var file = TestContainer.FACTS.resolve("examples.json").toFile();
    return StreamSupport.stream(new ObjectMapper().readTree(file).spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aSessionRemembersWhatItWasTold(JsonNode example) {
    String session = container.open(example.path("context").asText()).session();

    Reply answer = container.say(session, example.path("question").asText());

    assertThat(answer.text()).isEqualTo(example.path("answer").asText());
    container.close(session);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aFreshSessionDoesNotKnow(JsonNode example) {
    String session = container.open("").session();

    Reply answer = container.say(session, example.path("question").asText());

    assertThat(answer.text()).contains("I do not know");
    container.close(session);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everythingResentGivesTheSameAnswer(JsonNode example) {
    Reply answer =
        container.stateless(
            example.path("context").asText() + " " + example.path("question").asText());

    assertThat(answer.text()).isEqualTo(example.path("answer").asText());
  }
}
