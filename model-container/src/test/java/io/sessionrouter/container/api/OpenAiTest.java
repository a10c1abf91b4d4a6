package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionrouter.container.api.TestContainer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bundled model on OpenAI's paths. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class OpenAiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STORY = "My cat is called Zebulon. I live in Quarrington.";
  private static final String CHAT = "v1/chat/completions";
  private static final String TEXT = "v1/completions";

  private final HttpClient http = HttpClient.newHttpClient();
  private TestContainer container;

  @BeforeAll
  void start() {
    container = TestContainer.serving(TestContainer.FACTS);
  }

  @AfterAll
  void stop() {
    container.close();
  }

  private Reply chat(String session, String more, String... texts) {
    return post(CHAT, session, body(more, texts));
  }

  private Reply post(String path, String session, String body, String... headers) {
    return container.postAsync(path, session, body, headers).join();
  }

  /** Greedy, so that replies are those of the other paths; the user's and the model's in turn. */
  private static String body(String more, String... texts) {
    var messages = JSON.createArrayNode();
    for (String text : texts) {
      messages
          .addObject()
          .put("role", messages.size() % 2 == 1 ? "user" : "assistant")
          .put("content", text);
    }
    return "{\"model\":\"facts\",\"temperature\":0,\"messages\":%s%s}"
        .formatted(messages, more.isEmpty() ? "" : "," + more);
  }

  private static String said(Reply reply) {
    return reply.body().at("/choices/0/message/content").asText();
  }

  private static int cached(Reply reply) {
    return reply.body().at("/usage/prompt_tokens_details/cached_tokens").asInt(-1);
  }

  @Test
  void messagesGetAReply() {
    Reply reply = chat("", "", STORY);
    Reply invoked = container.stateless(STORY);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(said(reply)).isEqualTo(invoked.text()).isNotEmpty();
    JsonNode body = reply.body();
    assertThat(body.path("id").asText()).matches("chatcmpl-[0-9a-f]{32}");
    assertThat(body.path("object").asText()).isEqualTo("chat.completion");
    assertThat(body.path("created").asLong()).isPositive();
    assertThat(body.path("model").asText()).isEqualTo("facts");
    assertThat(body.at("/choices/0/message/role").asText()).isEqualTo("assistant");
    assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(body.path("usage"))
        .hasToString(
            "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d,\"prompt_tokens_details\":{\"cached_tokens\":0}}"
                .formatted(
                    invoked.usage("prompt"),
                    invoked.usage("generated"),
                    invoked.usage("prompt") + invoked.usage("generated")));
    assertThat(reply.header(UsageHeaders.PROMPT)).isEqualTo("" + invoked.usage("prompt"));
  }

  @Test
  void aHistoryIsReadWithoutASession() {
    String reply = said(chat("", "", STORY));

    Reply second = chat("", "", STORY, reply, "What is my cat called?");

    assertThat(said(second)).contains("Zebulon");
    assertThat(cached(second)).isZero();
  }

  @Test
  void aSessionComputesOnlyWhatIsNewOfAResentHistory() {
    Reply opened = chat("NEW_SESSION", "", STORY);
    assertThat(opened.header(SessionHeader.NAME)).contains("; Expires=");

    Reply second = chat(opened.session(), "", STORY, said(opened), "What is my cat called?");

    assertThat(said(second)).contains("Zebulon");
    assertThat(second.header(SessionHeader.NAME)).isEqualTo(opened.session());
    assertThat(cached(second))
        .isEqualTo(opened.usage("prompt") + opened.body().at("/usage/completion_tokens").asInt());
    assertThat(second.header(UsageHeaders.CACHED)).isEqualTo("" + cached(second));
    Reply alone = chat("", "", STORY, said(opened), "What is my cat called?");
    assertThat(said(second)).as("as without a session").isEqualTo(said(alone));
  }

  @Test
  void aSessionMayBeSentTheNewMessagesAlone() {
    Reply opened = chat("NEW_SESSION", "", STORY);

    Reply second = chat(opened.session(), "\"append_messages\":true", "What is my cat called?");

    assertThat(said(second)).contains("Zebulon");
    assertThat(cached(second)).isPositive();
  }

  @Test
  void anotherConversationInASessionKnowsNothingOfTheFirst() {
    Reply opened = chat("NEW_SESSION", "", STORY);

    Reply other = chat(opened.session(), "", "What is my cat called?");

    assertThat(said(other)).isEqualTo(said(chat("", "", "What is my cat called?")));
  }

  @Test
  void bothPathsShareTheirSessions() {
    Reply opened = container.open(STORY);

    Reply second = chat(opened.session(), "\"append_messages\":true", "What is my cat called?");
    Reply closed = container.close(opened.session());
    Reply late = chat(opened.session(), "", "What is my cat called?");

    assertThat(said(second)).contains("Zebulon");
    assertThat(closed.status()).isEqualTo(200);
    assertThat(late.status()).isEqualTo(410);
    assertThat(late.code()).isEqualTo("session_closed");
  }

  @Test
  void repliesAreStreamed() throws Exception {
    Reply whole = chat("", "", STORY);
    List<JsonNode> chunks = stream(CHAT, body("\"stream\":true", STORY));

    assertThat(chunks.getFirst().at("/choices/0/delta"))
        .hasToString("{\"role\":\"assistant\",\"content\":\"\"}");
    assertThat(texts(chunks, "/choices/0/delta/content")).isEqualTo(said(whole));
    assertThat(chunks.getLast().at("/choices/0"))
        .hasToString("{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}");
    assertThat(chunks)
        .allSatisfy(
            chunk -> {
              assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
              assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
              assertThat(chunk.has("usage")).isFalse();
            });
  }

  @Test
  void aStreamReportsItsUsageIfAsked() throws Exception {
    List<JsonNode> chunks =
        stream(CHAT, body("\"stream\":true,\"stream_options\":{\"include_usage\":true}", STORY));

    JsonNode last = chunks.getLast();
    assertThat(last.path("choices")).isEmpty();
    assertThat(last.path("usage")).isEqualTo(chat("", "", STORY).body().path("usage"));
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allSatisfy(chunk -> assertThat(chunk.path("usage").isNull()).isTrue());
  }

  @Test
  void aTextIsContinuedWithoutMarks() throws Exception {
    String body = "{\"prompt\":\"My cat is\",\"temperature\":0,\"max_tokens\":5%s}";
    Reply whole = post(TEXT, "", body.formatted(""));

    assertThat(whole.body().path("object").asText()).isEqualTo("text_completion");
    assertThat(whole.body().path("id").asText()).startsWith("cmpl-");
    assertThat(whole.body().at("/choices/0/text").isTextual()).isTrue();
    List<JsonNode> chunks = stream(TEXT, body.formatted(",\"stream\":true"));
    assertThat(texts(chunks, "/choices/0/text"))
        .isEqualTo(whole.body().at("/choices/0/text").asText());
  }

  @Test
  void aTextHasSixteenTokensByDefault() {
    Reply reply = post(TEXT, "", "{\"prompt\":[\"a b c\"],\"temperature\":2,\"seed\":3}");

    assertThat(reply.body().at("/usage/completion_tokens").asInt()).isLessThanOrEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
  void bothLimitsOfItsLengthAreTaken(String key) {
    Reply reply = chat("", "\"%s\":2".formatted(key), STORY);

    assertThat(reply.body().at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(reply.body().at("/usage/completion_tokens").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\" remember\"", "[\"xyz\",\" remember\"]"})
  void aStopTextEndsIt(String stop) {
    Reply reply = chat("", "\"stop\":" + stop, STORY);

    assertThat(said(reply)).isEqualTo(said(chat("", "", STORY)).split(" remember", -1)[0]);
    assertThat(reply.body().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void aSeedDrawsTheSame() {
    String more = "\"seed\":7,\"top_p\":0.9,\"temperature\":1.5";
    String hot = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]," + more + "}";

    assertThat(said(post(CHAT, "", hot))).isEqualTo(said(post(CHAT, "", hot)));
  }

  @Test
  void contentMayComeInParts() {
    String parts =
        "{\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"text\",\"text\":\"My cat is called Zebulon.\"}]}]}";

    assertThat(said(post(CHAT, "", parts)))
        .isEqualTo(said(chat("", "", "My cat is called Zebulon.")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{'                                                              | the body |",
        "'[]'                                                             | an object |",
        "'{}'                                                             | messages | messages",
        "'{\"messages\":[]}'                                              | at least one |"
            + " messages",
        "'{\"messages\":[7]}'                                             | messages[0] |",
        "'{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}'         | system, developer, user"
            + " or assistant | messages[0].role",
        "'{\"messages\":[{\"role\":\"user\"}]}'                           | a text |"
            + " messages[0].content",
        "'{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}' | parts of"
            + " type text | messages[0].content",
        "'{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{}]}]}'  | tools do not work |"
            + " messages[0].tool_calls",
      })
  void messagesThatCannotBeReadAreRefused(String body, String expected, String param) {
    assertRefused(post(CHAT, "", body), expected, param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":2                        | 1 or none | n",
        "\"tools\":[{}]                 | does not work here | tools",
        "\"tool_choice\":\"required\"   | auto or none | tool_choice",
        "\"response_format\":{\"type\":\"json_object\"} | of type text | response_format",
        "\"logprobs\":true              | false or none | logprobs",
        "\"logit_bias\":{\"50256\":-100} | empty or none | logit_bias",
        "\"frequency_penalty\":0.5      | 0 or none | frequency_penalty",
        "\"max_tokens\":0               | from 1 to | max_tokens",
        "\"max_tokens\":\"many\"        | an integer | max_tokens",
        "\"top_p\":1.5                  | from 0 to 1 | top_p",
        "\"stop\":\"\"                  | 1 to 256 | stop",
        "\"stop\":[7]                   | at most 16 | stop",
        "\"stream\":\"yes\"             | true or false | stream",
        "\"stream_options\":{\"include_usage\":true} | unless stream is true | stream_options",
        "\"stream\":true,\"stream_options\":{\"include_usage\":1} | true or false |"
            + " stream_options.include_usage",
        "\"append_messages\":1          | true or false | append_messages",
      })
  void whatDoesNotWorkIsRefused(String more, String expected, String param) {
    assertRefused(chat("", more, "Hello!"), expected, param);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"n\":1",
        "\"tools\":[]",
        "\"tool_choice\":\"none\"",
        "\"response_format\":{\"type\":\"text\"}",
        "\"logprobs\":false",
        "\"logit_bias\":{}",
        "\"frequency_penalty\":0.0",
        "\"stop\":null",
        "\"user\":\"me\",\"metadata\":{\"a\":\"b\"},\"store\":false",
        "\"stream\":false,\"stream_options\":null",
        "\"top_k\":-1",
        "\"nobody_knows\":1"
      })
  void whatChangesNothingIsTaken(String more) {
    assertThat(said(chat("", more, "Hello!"))).isEqualTo(said(chat("", "", "Hello!")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"prompt\":\"\"}", "{\"prompt\":[\"a\",\"b\"]}", "{\"prompt\":[1,2]}"})
  void aPromptIsOneText(String body) {
    assertRefused(post(TEXT, "", body), "one text", "prompt");
  }

  private static void assertRefused(Reply reply, String expected, @Nullable String param) {
    assertThat(reply.status()).isEqualTo(400);
    JsonNode error = reply.body().path("error");
    assertThat(error.path("message").asText()).contains(expected);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.path("param").textValue()).isEqualTo(param);
    assertThat(error.path("code").asText()).isEqualTo("invalid_request");
  }

  @Test
  void anUnknownModelIsNotServedAndNoneIsWhateverThereIs() {
    String asking = "{%s\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}";

    Reply unknown = post(CHAT, "", asking.formatted("\"model\":\"gpt-9\","));

    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body().path("error"))
        .hasToString(
            "{\"message\":\"The model `gpt-9` does not exist (expected: facts).\","
                + "\"type\":\"invalid_request_error\",\"param\":\"model\",\"code\":\"model_not_found\"}");
    assertThat(post(CHAT, "", asking.formatted("")).body().path("model").asText())
        .isEqualTo("facts");
    assertThat(post(CHAT, "", asking.formatted("\"model\":\"\",")).status()).isEqualTo(200);
  }

  @Test
  void tooMuchHasTheCodeOfOpenAi() {
    Reply reply = chat("", "", "word ".repeat(16_384));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("context_length_exceeded");
  }

  @Test
  void anUnknownSessionIsNeverAnsweredWithoutItsContext() {
    Reply reply = chat("nobody-knows", "", "Hello!");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.code()).isEqualTo("session_not_found");
    assertThat(reply.body().has("choices")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"GET,v1/chat/completions", "PUT,v1/completions", "POST,v1/models"})
  void anotherMethodIsRefused(String method, String path) {
    Reply reply = container.send(method, path);

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.code()).isEqualTo("method_not_supported");
    assertThat(reply.header(BootId.HEADER)).isNotEmpty();
  }

  @Test
  void embeddingsAreNotSupported() {
    Reply reply = post("v1/embeddings", "", "{\"input\":\"x\"}");

    assertRefused(reply, "does not support embeddings", null);
  }

  @Test
  void theModelIsListed() {
    Reply reply = container.send("GET", "v1/models");

    assertThat(reply.body())
        .hasToString(
            "{\"object\":\"list\",\"data\":[{\"id\":\"facts\",\"object\":\"model\",\"created\":%d,\"owned_by\":\"session-router\",\"max_model_len\":16384}]}"
                .formatted(container.clock.instant().getEpochSecond()));
  }

  @Test
  void aModelMayHaveOtherNames() {
    try (var named =
        TestContainer.serving(TestContainer.LLAMA, "model.served-names", "chat,assistant")) {
      Reply list = named.send("GET", "v1/models");
      String asking =
          "{\"model\":\"%s\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

      assertThat(list.body().at("/data/0/id").asText()).isEqualTo("chat");
      assertThat(list.body().at("/data/1/id").asText()).isEqualTo("assistant");
      for (String name : List.of("chat", "assistant")) {
        Reply reply = named.postAsync(CHAT, "", asking.formatted(name)).join();
        assertThat(reply.body().path("model").asText()).isEqualTo(name);
      }
      assertThat(named.postAsync(CHAT, "", asking.formatted("tiny-llama")).join().status())
          .isEqualTo(404);
    }
  }

  @Test
  void eachOfManyModelsHasThePathsBelowItsOwn(@TempDir Path work) {
    try (var many =
        TestContainer.servingMany(
            work, "model.multi.memory", "64M", "model.session-memory", "10M")) {
      many.load("m1", TestContainer.LLAMA.toAbsolutePath().toUri().toString());
      String asking =
          "{\"model\":\"team/llama.tar.gz\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

      Reply unnamed = many.postAsync(CHAT, "", asking).join();
      Reply reply =
          many.postAsync(
                  "models/m1/" + CHAT,
                  "NEW_SESSION",
                  asking,
                  "X-Amzn-SageMaker-Target-Model",
                  "team/llama.tar.gz")
              .join();

      assertThat(unnamed.status()).isEqualTo(400);
      assertThat(unnamed.message()).contains("POST /models/{name}/v1/chat/completions");
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body().path("model").asText()).isEqualTo("team/llama.tar.gz");
      assertThat(reply.session()).isNotEmpty();
      assertThat(many.send("GET", "v1/models").body().at("/data/0/id").asText()).isEqualTo("m1");
      assertThat(many.send("GET", "models/m1/v1/models").body().at("/data/0/id").asText())
          .isEqualTo("m1");
      Reply missing = many.postAsync("models/m2/" + CHAT, "", asking).join();
      assertThat(missing.status()).isEqualTo(404);
      assertThat(missing.code()).isEqualTo("model_not_found");
    }
  }

  private List<JsonNode> stream(String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/%s".formatted(container.port(), path)))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    List<String> events = Arrays.asList(answer.body().split("\n\n", 0));
    assertThat(events).allMatch(event -> event.startsWith("data: "));
    assertThat(events.getLast()).isEqualTo("data: [DONE]");
    return events.stream().limit(events.size() - 1).map(event -> json(event.substring(6))).toList();
  }

  private static String texts(List<JsonNode> chunks, String at) {
    return chunks.stream().map(chunk -> chunk.at(at).asText("")).collect(Collectors.joining());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (java.io.IOException notJson) {
      throw new AssertionError("no JSON: " + text, notJson);
    }
  }
}
