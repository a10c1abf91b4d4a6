package io.sessionrouter.container.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.CharTokenizer;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.FakeModel;
import io.sessionrouter.container.generation.MemoryBudget;
import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.generation.Token;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.text.ChatMessage;
import io.sessionrouter.container.text.ChatMessage.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conversations that are sent again and again, on a model that shows what it sees. */
@Timeout(30)
class QuestionsTest {
  private static final String UPPER_CASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private final ConcurrentLinkedDeque<String> seen = new ConcurrentLinkedDeque<>();
  private final FakeModel model = new FakeModel(1000, this::answer);
  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final StepLoop loop =
      new StepLoop(model, new CharTokenizer(), CharTokenizer.LAYOUT, new StepLoop.Limits(4, 64))
          .start();
  private final Questions questions =
      new Questions(loop, new CharTokenizer(), CharTokenizer.LAYOUT);
  private final SequenceState state = new SequenceState(model, budget);
  private Completion last = Completion.NOTHING;

  @AfterEach
  void stop() {
    loop.close();
  }

  /** The reply to the k-th user is the k-th letter, twice; so it depends on the whole context. */
  private long answer(long[] all) {
    String context = CharTokenizer.show(all);
    seen.add(context);
    int said = context.length() - context.lastIndexOf('>') - 1;
    long users = context.chars().filter(each -> each == '<').count();
    return said < 2 ? UPPER_CASE.charAt((int) users - 1) : CharTokenizer.END;
  }

  private String ask(Input input) throws InterruptedException {
    var text = new StringBuilder();
    return ask(input, 10, List.of(), token -> text.append(token.text()), text);
  }

  private String ask(Input input, int most, List<String> stop, TokenSink sink, StringBuilder text)
      throws InterruptedException {
    seen.clear();
    Question question = questions.ask(state, input);
    int prompt = question.promptTokens();
    int cached = question.cachedTokens();
    last = question.reply(most, Sampling.GREEDY, stop, sink);
    assertThat(last.promptTokens()).as("as announced").isEqualTo(prompt);
    assertThat(last.cachedTokens()).as("as announced").isEqualTo(cached);
    question.remember(text.toString(), last);
    return text.toString();
  }

  private static Input chat(String... texts) {
    return new Input.Chat(messages(texts), false);
  }

  /** The user's and the model's, in turn. */
  private static List<ChatMessage> messages(String... texts) {
    var messages = new ArrayList<ChatMessage>();
    for (String text : texts) {
      messages.add(new ChatMessage(messages.size() % 2 == 0 ? Role.USER : Role.ASSISTANT, text));
    }
    return messages;
  }

  @Test
  void aResentHistoryIsComputedOnce() throws Exception {
    String first = ask(chat("one"));
    String second = ask(chat("one", first, "two"));

    assertThat(first).isEqualTo("AA");
    assertThat(second).isEqualTo("BB");
    assertThat(seen.getFirst()).isEqualTo("^<one>AA$<two>");
    assertThat(last.cachedTokens()).isEqualTo("^<one>AA".length());
    assertThat(last.promptTokens()).isEqualTo("^<one>AA$<two>".length());
  }

  @Test
  void itIsComputedOnceHoweverLongItGrows() throws Exception {
    var history = new ArrayList<String>();
    for (int turn = 0; turn < 5; turn++) {
      int before = state.contextTokens();
      history.add("q" + turn);
      history.add(ask(chat(history.toArray(String[]::new))));

      assertThat(last.cachedTokens()).isEqualTo(Math.max(0, before - 1));
    }

    assertThat(seen.getLast()).isEqualTo("^<q0>AA$<q1>BB$<q2>CC$<q3>DD$<q4>EE");
  }

  @Test
  void anotherHistoryIsComputedFromWhereItDiffers() throws Exception {
    ask(chat("one"));
    ask(chat("one", "AA", "two"));

    String other = ask(chat("one", "AA", "three"));

    assertThat(other).isEqualTo("BB");
    assertThat(seen.getFirst()).isEqualTo("^<one>AA$<three>");
    assertThat(last.cachedTokens()).isEqualTo("^<one>AA$<t".length());
  }

  @Test
  void anEditedReplyIsReadAsItWasSent() throws Exception {
    ask(chat("one"));

    ask(chat("one", "Ax", "two"));

    assertThat(seen.getFirst()).isEqualTo("^<one>Ax$<two>");
    assertThat(last.cachedTokens()).isEqualTo("^<one>A".length());
  }

  @Test
  void aRepeatedQuestionComputesItsLastTokenOnly() throws Exception {
    String first = ask(chat("one"));
    String again = ask(chat("one"));

    assertThat(again).isEqualTo(first);
    assertThat(last.cachedTokens()).isEqualTo("^<one>".length() - 1);
    assertThat(seen.getFirst()).isEqualTo("^<one>");
    assertThat(ask(chat("one", "AA", "two"))).as("and it goes on").isEqualTo("BB");
  }

  @Test
  void aNewConversationSharesWhatItCan() throws Exception {
    ask(chat("one"));

    ask(chat("two"));

    assertThat(seen.getFirst()).isEqualTo("^<two>");
    assertThat(last.cachedTokens()).isEqualTo("^<".length());
  }

  @Test
  void aReplyWhoseTokensAreNotThoseOfItsTextIsKnownByItsText() throws Exception {
    ask(chat("one"));
    state.consistsOf(messages("one", "what the client saw"));

    ask(chat("one", "what the client saw", "two"));

    assertThat(seen.getFirst()).isEqualTo("^<one>AA$<two>");
  }

  @Test
  void aStopTextLeavesMoreInTheContextThanTheClientHasSoItIsReadAgain() throws Exception {
    var text = new StringBuilder();
    ask(chat("one"), 10, List.of("AA"), token -> text.append(token.text()), text);
    assertThat(text).isEmpty();

    ask(chat("one", "", "two"));

    assertThat(seen.getFirst()).isEqualTo("^<one>$<two>");
  }

  @Test
  void aReplyThatWasCutShortGoesOn() throws Exception {
    var text = new StringBuilder();
    ask(chat("one"), 1, List.of(), token -> text.append(token.text()), text);

    ask(chat("one", "A", "two"));

    assertThat(seen.getFirst()).isEqualTo("^<one>A$<two>");
    assertThat(last.cachedTokens()).isEqualTo("^<one>".length());
  }

  @Test
  void appendedMessagesFollowWhatIsThere() throws Exception {
    ask(new Input.Chat(messages("one"), true));
    ask(new Input.Chat(messages("two"), true));

    assertThat(seen.getFirst()).isEqualTo("^<one>AA$<two>");
    assertThat(ask(chat("one", "AA", "two", "BB", "three"))).isEqualTo("CC");
    assertThat(last.cachedTokens()).isEqualTo("^<one>AA$<two>BB".length());
  }

  @Test
  void turnsAndMessagesShareAConversation() throws Exception {
    ask(chat("one"));
    ask(new Input.Turn("two"));

    assertThat(seen.getFirst()).isEqualTo("^<one>AA$<two>");
    assertThat(state.messages()).as("nobody resends a turn as a message").isEmpty();
    ask(chat("one", "AA", "two", "BB", "three"));
    assertThat(last.cachedTokens()).isEqualTo("^<one>AA$<two>BB".length());
  }

  @Test
  void messagesAppendedToTurnsAreNotTakenForTheWhole() throws Exception {
    ask(new Input.Turn("one"));
    ask(new Input.Chat(messages("two"), true));

    assertThat(state.messages()).isEmpty();
    assertThat(seen.getFirst()).isEqualTo("^<one>AA$<two>");
  }

  @Test
  void aTextToGoOnWithHasNoMarks() throws Exception {
    seen.clear();
    Question question = questions.ask(state, new Input.Text("once<"));

    assertThat(question.promptTokens()).isEqualTo("^once<".length());
  }

  @Test
  void aQuestionThatFailsLeavesTheContextThatItWouldHaveReplaced() throws Exception {
    ask(chat("one"));
    ask(chat("one", "AA", "two"));

    assertThatThrownBy(
            () -> ask(chat("other"), 10, List.of(), QuestionsTest::fail, new StringBuilder()))
        .isInstanceOf(FaultException.class);

    assertThat(state.contextTokens()).isEqualTo("^<one>AA$<two>BB$".length());
    ask(new Input.Turn("three"));
    assertThat(seen.getFirst()).isEqualTo("^<one>AA$<two>BB$<three>");
    assertThat(last.cachedTokens()).as("what was not overwritten").isEqualTo("^<o".length());
  }

  private static void fail(Token token) {
    throw new IllegalStateException("the sink is broken by " + token.id());
  }
}
