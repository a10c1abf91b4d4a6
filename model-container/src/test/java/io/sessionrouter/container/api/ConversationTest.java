package io.sessionrouter.container.api;

import static io.sessionrouter.container.api.TestContainer.body;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.api.TestContainer.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Conversations with the bundled model over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
@Tag("slow")
class ConversationTest {
  private static final String STORY =
      "My cat is called Zebulon. I live in Quarrington. The code of the safe is 4711.";
  private static final List<String> NAMES =
      List.of("Zebulon", "Mirvella", "Tobrin", "Quessa", "Hadrik", "Lomira", "Feston", "Yaldin");

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
  void theHeadersTellARouterWhatTheBodyTellsAClient() {
    Reply opened = container.open(STORY);
    Reply continued = container.say(opened.session(), "What is my cat called?");

    for (Reply reply : List.of(opened, continued)) {
      assertThat(reply.header(UsageHeaders.PROMPT)).isEqualTo("" + reply.usage("prompt"));
      assertThat(reply.header(UsageHeaders.CACHED)).isEqualTo("" + reply.usage("cached"));
    }
    assertThat(continued.usage("cached")).isPositive();
  }

  @Test
  void aSessionRemembersAndCloses() {
    Reply opened = container.open(STORY);
    String session = opened.session();

    assertThat(opened.status()).isEqualTo(200);
    assertThat(opened.header(SessionHeader.NAME))
        .isEqualTo(session + "; Expires=2026-01-01T00:20:00Z");
    assertThat(opened.text()).isNotEmpty();
    assertThat(container.say(session, "What is my cat called?").text()).contains("Zebulon");
    assertThat(container.say(session, "What is the code of the safe?").text()).contains("4711");

    Reply closed = container.close(session);

    assertThat(closed.status()).isEqualTo(200);
    assertThat(closed.header(SessionHeader.CLOSED)).isEqualTo(session);
    assertThat(closed.header(SessionHeader.NAME)).isEmpty();
    Reply late = container.say(session, "What is my cat called?");
    assertThat(late.status()).isEqualTo(410);
    assertThat(late.code()).isEqualTo("SESSION_CLOSED");
    assertThat(late.text()).as("never a stateless answer").isEmpty();
  }

  @Test
  void aFreshSessionDoesNotKnow() {
    container.open(STORY);
    String fresh = container.open("Hello!").session();

    assertThat(container.say(fresh, "What is my cat called?").text()).doesNotContain("Zebulon");
    assertThat(container.stateless("What is my cat called?").text()).doesNotContain("Zebulon");
  }

  @Test
  void aContinuedTurnComputesOnlyWhatIsNew() {
    Reply opened = container.open(STORY);
    Reply continued = container.say(opened.session(), "What is my cat called?");

    assertThat(opened.usage("cached")).isZero();
    assertThat(opened.usage("prompt")).isPositive();
    assertThat(continued.header(SessionHeader.NAME)).isEqualTo(opened.session());
    assertThat(continued.usage("cached"))
        .as("all of the first turn but its end, which nobody has computed yet")
        .isEqualTo(opened.usage("prompt") + opened.usage("generated"));
    assertThat(continued.usage("prompt") - continued.usage("cached")).isBetween(5, 15);
  }

  @Test
  void aSessionMayBeginEmpty() {
    Reply opened = container.open("");

    assertThat(opened.text()).isEmpty();
    assertThat(opened.usage("prompt")).isZero();
    Reply first = container.say(opened.session(), STORY);
    assertThat(first.usage("cached")).isZero();
    assertThat(container.say(first.session(), "Where do I live?").text()).contains("Quarrington");
  }

  @Test
  void requestTypeOpensASessionToo() {
    Reply opened = container.invoke("", "{\"requestType\":\"NEW_SESSION\"}");

    assertThat(opened.header(SessionHeader.NAME)).contains("; Expires=");
  }

  @Test
  void aContextMayBeReadWithoutAReply() {
    Reply opened = container.invoke("NEW_SESSION", body(STORY, "{\"max_new_tokens\":0}"));

    assertThat(opened.text()).isEmpty();
    assertThat(opened.usage("generated")).isZero();
    assertThat(container.say(opened.session(), "What is my cat called?").usage("cached"))
        .isEqualTo(opened.usage("prompt"));
  }

  @Test
  void statelessRequestsLeaveNothingBehind() {
    long before = container.model().budget().used();
    int sessions = container.model().sessions().size();

    Reply reply = container.stateless(STORY);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header(SessionHeader.NAME)).isEmpty();
    assertThat(reply.usage("cached")).isZero();
    assertThat(container.model().budget().used()).isEqualTo(before);
    assertThat(container.model().sessions().size()).isEqualTo(sessions);
  }

  @Test
  void parallelSessionsDoNotMix() {
    List<String> alone = NAMES.stream().map(this::conversation).toList();

    List<CompletableFuture<String>> together =
        IntStream.range(0, 32)
            .mapToObj(i -> NAMES.get(i % NAMES.size()))
            .map(this::conversationAsync)
            .toList();

    for (int i = 0; i < together.size(); i++) {
      assertThat(together.get(i).join()).isEqualTo(alone.get(i % NAMES.size()));
    }
    assertThat(alone).as("the test distinguishes sessions").doesNotHaveDuplicates();
  }

  private String conversation(String name) {
    return conversationAsync(name).join();
  }

  private CompletableFuture<String> conversationAsync(String name) {
    return container
        .invokeAsync("NEW_SESSION", body("My cat is called " + name + "."))
        .thenCompose(
            opened -> container.invokeAsync(opened.session(), body("What is my cat called?")))
        .thenCompose(answer -> closeAfter(answer));
  }

  private CompletableFuture<String> closeAfter(Reply answer) {
    return container
        .invokeAsync(answer.session(), "{\"requestType\":\"CLOSE\"}")
        .thenApply(closed -> answer.text());
  }

  @Test
  void theSameSeedGivesTheSameText() {
    Function<Integer, String> sampled =
        seed ->
            container
                .invoke(
                    "",
                    body(
                        STORY,
                        "{\"temperature\":10,\"top_k\":500,\"top_p\":0.95,\"seed\":" + seed,
                        "\"max_new_tokens\":30}"))
                .text();

    assertThat(sampled.apply(5)).isEqualTo(sampled.apply(5)).isNotEqualTo(sampled.apply(6));
  }

  @Test
  void aStopTextEndsTheReply() {
    String session = container.open(STORY).session();

    Reply stopped =
        container.invoke(session, body("What is my cat called?", "{\"stop\":[\" called\"]}"));

    assertThat(stopped.text()).isNotEmpty().doesNotContain("called");
    assertThat(stopped.body().path("finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void aShortLimitCutsTheReply() {
    Reply cut = container.invoke("", body(STORY, "{\"max_new_tokens\":2}"));

    assertThat(cut.usage("generated")).isEqualTo(2);
    assertThat(cut.body().path("finish_reason").asText()).isEqualTo("length");
  }

  @Test
  void inputsLongerThanTheContextAreRefusedAndTheSessionLivesOn() {
    String session = container.open(STORY).session();

    Reply tooLong = container.say(session, "word ".repeat(16_384));

    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(tooLong.code()).isEqualTo("CONTEXT_TOO_LONG");
    assertThat(tooLong.message()).contains("prompt", "16384");
    assertThat(container.say(session, "What is my cat called?").text()).contains("Zebulon");
  }

  @Test
  void aLongContextIsRemembered() {
    String session = container.open("The river is long. ".repeat(120) + STORY).session();

    Reply answer = container.say(session, "What is my cat called?");

    assertThat(answer.usage("cached")).isGreaterThan(500);
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void anyTextIsAnswered() {
    for (String text : List.of("日本語 😀", "\u0000\u0007", "<end> <bos>", "a".repeat(3000), "\n")) {
      assertThat(container.stateless(text).status()).as(text).isEqualTo(200);
    }
  }
}
