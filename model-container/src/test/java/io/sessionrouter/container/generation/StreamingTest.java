package io.sessionrouter.container.generation;

import static io.sessionrouter.container.generation.FakeModel.BEST_LOGPROB;
import static io.sessionrouter.container.generation.FakeModel.BYTES_PER_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replies token by token: when tokens come, who waits for whom, and what a broken one leaves. */
@Timeout(30)
class StreamingTest {
  private static final int CHUNK = 64;

  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final MemoryBudget budget = new MemoryBudget(100_000 * BYTES_PER_TOKEN);
  private final FakeModel model = new FakeModel(2000, this::abc);
  private final Semaphore gate = model.gate();
  private final TestSink sink = new TestSink();
  private final StepLoop loop =
      new StepLoop(model, new CharTokenizer(), CharTokenizer.LAYOUT, new StepLoop.Limits(4, CHUNK))
          .start();

  /** Says a, b, c ... after a prompt, and ends after z. */
  private long abc(long[] all) {
    String context = CharTokenizer.show(all);
    seen.add(context);
    int said = context.length() - context.lastIndexOf('>') - 1;
    return said < 26 ? 'a' + said : CharTokenizer.END;
  }

  @AfterEach
  void stop() {
    loop.close();
  }

  @Test
  void everyTokenIsThereBeforeTheNextIsComputed() {
    var atToken = new ArrayList<Integer>();
    sink.then(token -> atToken.add(model.steps.size()));
    gate.release(1000);

    say(state(), "hi", 5, sink).awaitEnd();

    assertThat(atToken).as("steps done when each token came").containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void tokensSayWhatTheyAre() {
    gate.release(1000);

    say(state(), "hi", 100, sink).awaitEnd();

    assertThat(sink.tokens).hasSize(27);
    assertThat(sink.tokens.getFirst()).isEqualTo(new Token('a', "a", BEST_LOGPROB, false, null));
    assertThat(sink.tokens.getLast())
        .isEqualTo(
            new Token(
                CharTokenizer.END,
                "",
                BEST_LOGPROB,
                true,
                new Completion(5, 0, 26, FinishReason.STOP)));
  }

  @Test
  void theTokenThatFillsTheReplyIsTheLast() {
    gate.release(1000);

    say(state(), "hi", 3, sink).awaitEnd();

    assertThat(sink.text()).isEqualTo("abc");
    assertThat(sink.tokens).hasSize(3);
    assertThat(sink.tokens.getLast().end()).isEqualTo(new Completion(5, 0, 3, FinishReason.LENGTH));
  }

  @Test
  void nothingOfAStopTextIsEverGivenOut() {
    gate.release(1000);

    submit(state(), "hi", 100, List.of("def"), sink).awaitEnd();

    assertThat(sink.tokens).map(Token::text).containsExactly("a", "b", "c", "", "", "");
    assertThat(sink.tokens.getLast().end())
        .isEqualTo(new Completion(5, 0, 6, FinishReason.STOP_TEXT));
  }

  @Test
  void whatOnlyLookedLikeAStopTextComesLater() {
    gate.release(1000);

    submit(state(), "hi", 6, List.of("cdX", "fg"), sink).awaitEnd();

    assertThat(sink.tokens).map(Token::text).containsExactly("a", "b", "", "", "cde", "f");
  }

  @Test
  void aTurnWhoseReaderIsBehindPausesAndOthersGoOn() {
    sink.then(token -> sink.full());
    gate.release(1000);
    Turn slow = say(state(), "slow", 100, sink);
    await().until(() -> loop.paused() == 1);
    var other = new TestSink();

    say(state(), "other", 100, other).awaitEnd();

    assertThat(other.text()).hasSize(26);
    assertThat(sink.tokens).as("no token for a reader that takes none").hasSize(1);
    assertThat(slow.done()).isFalse();
    await().until(() -> loop.active() == 0);

    sink.then(token -> {});
    sink.drained();
    slow.awaitEnd();

    assertThat(sink.text()).isEqualTo("abcdefghijklmnopqrstuvwxyz");
  }

  @Test
  void pausedTurnsTakeNoPlaceOfOthers() {
    gate.release(10_000);
    List<TestSink> slow = IntStream.range(0, 6).mapToObj(i -> new TestSink()).toList();
    slow.forEach(each -> each.then(token -> each.full()));
    List<Turn> turns = slow.stream().map(each -> say(state(), "slow", 100, each)).toList();
    await().until(() -> loop.paused() == 6);
    var other = new TestSink();

    say(state(), "other", 100, other).awaitEnd();

    assertThat(other.text()).hasSize(26);
    slow.forEach(each -> each.then(token -> {}));
    slow.forEach(TestSink::drained);
    turns.forEach(Turn::awaitEnd);
    assertThat(slow).map(TestSink::text).allMatch(text -> text.length() == 26);
  }

  @Test
  void aPausedTurnCanBeCancelled() {
    sink.then(token -> sink.full());
    gate.release(1000);
    Turn turn = say(state(), "slow", 100, sink);
    await().until(() -> loop.paused() == 1);

    turn.cancel();

    assertFault(turn, Fault.CANCELLED);
    await().until(() -> loop.paused() == 0);
  }

  @Test
  void aPausedTurnEndsWhenItsReaderGoesAway() {
    sink.then(token -> sink.full());
    gate.release(1000);
    Turn turn = say(state(), "slow", 100, sink);
    await().until(() -> loop.paused() == 1);

    sink.close();

    assertFault(turn, Fault.CANCELLED);
  }

  @Test
  void noTokenIsComputedForAReaderThatIsGone() {
    sink.then(
        token -> {
          if (sink.tokens.size() == 3) {
            sink.close();
          }
        });
    gate.release(1000);

    assertFault(say(state(), "hi", 100, sink), Fault.CANCELLED);

    assertThat(sink.text()).isEqualTo("abc");
    assertThat(model.steps).hasSize(3);
  }

  @Test
  void whatAReaderHasSeenStaysInTheContext() {
    SequenceState state = state();
    sink.seen().then(token -> closeAfter(3));
    gate.release(1000);
    assertFault(say(state, "hi", 100, sink), Fault.CANCELLED);
    seen.clear();

    say(state, "go on", 1, new TestSink()).awaitEnd();

    assertThat(seen.peek()).as("as after a reply that was cut short").isEqualTo("^<hi>abc$<go on>");
  }

  @Test
  void whatNobodyHasSeenLeavesNoTrace() {
    SequenceState state = state();
    sink.then(token -> closeAfter(3));
    gate.release(1000);
    assertFault(say(state, "hi", 100, sink), Fault.CANCELLED);
    seen.clear();

    say(state, "again", 1, new TestSink()).awaitEnd();

    assertThat(seen.peek()).isEqualTo("^<again>");
  }

  @Test
  void aReplyThatTheModelBreaksKeepsWhatWasSeen() {
    SequenceState state = state();
    sink.seen();
    gate.release(1000);
    model.beforeStep(
        () -> {
          if (sink.tokens.size() == 4) {
            throw new IllegalStateException("the engine broke");
          }
        });
    assertFault(say(state, "hi", 100, sink), Fault.MODEL_FAILED);
    seen.clear();
    model.beforeStep(() -> {});

    say(state, "go on", 1, new TestSink()).awaitEnd();

    assertThat(seen.peek()).isEqualTo("^<hi>abcd$<go on>");
  }

  @Test
  void aTurnCutWhileItsPromptWasReadLeavesNoTrace() {
    SequenceState state = state();
    sink.seen();
    Turn turn = say(state, "x".repeat(500), 100, sink);
    gate.release(2);
    await().until(() -> model.steps.size() == 2);
    sink.close();
    gate.release(1000);
    assertFault(turn, Fault.CANCELLED);

    say(state, "again", 1, new TestSink()).awaitEnd();

    assertThat(seen).anyMatch("^<again>"::equals);
  }

  @Test
  void runningRepliesGetATokenInEveryStepOfALongPrompt() {
    List<TestSink> running = IntStream.range(0, 3).mapToObj(i -> new TestSink()).toList();
    List<Turn> turns = running.stream().map(each -> say(state(), "hi", 100, each)).toList();
    // The first step may have begun with the first of them alone; the second has all.
    gate.release(2);
    await().until(() -> running.stream().noneMatch(each -> each.tokens.isEmpty()));
    Turn tall = say(state(), "x".repeat(CHUNK * 10), 1, new TestSink());
    gate.release(1000);
    tall.awaitEnd();
    turns.forEach(Turn::awaitEnd);

    List<List<Integer>> withPrompt =
        model.steps.stream().filter(step -> step.contains(CHUNK)).toList();
    assertThat(withPrompt).as("the prompt took as many steps as it has chunks").hasSize(10);
    assertThat(withPrompt)
        .as("each of them computed one chunk and a token of every running reply")
        .allMatch(step -> step.equals(List.of(1, 1, 1, CHUNK)));
  }

  @Test
  void severalLongPromptsTogetherComputeNoMoreThanOneChunkAStep() {
    Turn running = say(state(), "hi", 100, sink);
    gate.release();
    await().until(() -> sink.tokens.size() == 1);
    List<Turn> tall =
        IntStream.range(0, 3)
            .mapToObj(i -> say(state(), "x".repeat(CHUNK * 3), 1, new TestSink()))
            .toList();
    gate.release(1000);
    tall.forEach(Turn::awaitEnd);
    running.awaitEnd();

    assertThat(model.steps.subList(1, model.steps.size()))
        .allSatisfy(
            step ->
                assertThat(step.stream().mapToInt(Integer::intValue).sum())
                    .as("%s", step)
                    .isLessThanOrEqualTo(CHUNK + 4));
  }

  private void closeAfter(int tokens) {
    if (sink.tokens.size() == tokens) {
      sink.close();
    }
  }

  private SequenceState state() {
    return new SequenceState(model, budget);
  }

  private Turn say(SequenceState state, String words, int most, TokenSink sink) {
    return submit(state, words, most, List.of(), sink);
  }

  private Turn submit(
      SequenceState state, String words, int most, List<String> stops, TokenSink sink) {
    long[] text = new CharTokenizer().encode(words);
    long[] ids = CharTokenizer.LAYOUT.turn(text, state.contextTokens() == 0);
    return loop.submit(
        state, new Prompt(state.contextTokens(), ids, most, Sampling.GREEDY, stops, sink));
  }

  private static void assertFault(Turn turn, Fault expected) {
    assertThatThrownBy(turn::await)
        .isInstanceOfSatisfying(
            FaultException.class, failed -> assertThat(failed.fault()).isEqualTo(expected));
  }
}
