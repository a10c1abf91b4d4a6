package io.sessionrouter.container.generation;

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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StepLoopTest {
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final MemoryBudget budget = new MemoryBudget(100_000 * BYTES_PER_TOKEN);
  private FakeModel model = new FakeModel(2000, this::echo);
  private StepLoop loop = start(8, 64);

  /** Repeats the last thing the user said, then ends; notes every context it is asked about. */
  private long echo(long[] all) {
    String context = CharTokenizer.show(all);
    seen.add(context);
    int from = context.lastIndexOf('<') + 1;
    int to = context.indexOf('>', from);
    int said = to < 0 ? 0 : context.length() - to - 1;
    return to >= 0 && said < to - from ? context.charAt(from + said) : CharTokenizer.END;
  }

  private StepLoop start(int concurrency, int chunk) {
    var limits = new StepLoop.Limits(concurrency, chunk);
    return new StepLoop(model, new CharTokenizer(), CharTokenizer.LAYOUT, limits).start();
  }

  private void restart(FakeModel other, int concurrency, int chunk) {
    loop.close();
    model = other;
    loop = start(concurrency, chunk);
  }

  @AfterEach
  void stop() {
    loop.close();
    assertThat(model.closed()).as("the model is freed with its loop").isTrue();
  }

  @Test
  void repliesToAPrompt() throws Exception {
    var text = new StringBuilder();

    Completion completion = say(state(), "hello", 50, text).await();

    assertThat(text).hasToString("hello");
    assertThat(completion).isEqualTo(new Completion(8, 0, 5, FinishReason.STOP));
  }

  @Test
  void theNextTurnContinuesTheContextAndComputesOnlyWhatIsNew() throws Exception {
    SequenceState state = state();
    say(state, "one", 50, new StringBuilder()).await();
    seen.clear();

    var text = new StringBuilder();
    Completion completion = say(state, "two", 50, text).await();

    assertThat(text).hasToString("two");
    assertThat(seen.peek()).isEqualTo("^<one>one$<two>");
    assertThat(completion.promptTokens()).isEqualTo("^<one>one$<two>".length());
    assertThat(completion.cachedTokens()).isEqualTo("^<one>one".length());
  }

  @Test
  void aReplyCutShortIsEndedForTheNextTurn() throws Exception {
    SequenceState state = state();
    Completion cut = say(state, "abcdef", 3, new StringBuilder()).await();
    seen.clear();

    say(state, "x", 50, new StringBuilder()).await();

    assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(cut.generatedTokens()).isEqualTo(3);
    assertThat(seen.peek()).isEqualTo("^<abcdef>abc$<x>");
  }

  @Test
  void noNewTokensOnlyReadsThePrompt() throws Exception {
    SequenceState state = state();
    var text = new StringBuilder();
    Completion read = say(state, "fact", 0, text).await();
    seen.clear();

    say(state, "q", 50, new StringBuilder()).await();

    assertThat(text).isEmpty();
    assertThat(read.generatedTokens()).isZero();
    assertThat(seen.peek()).isEqualTo("^<fact>$<q>");
  }

  @Test
  void aStopTextEndsTheReplyAndIsNotShown() throws Exception {
    var text = new StringBuilder();
    long[] ids = CharTokenizer.LAYOUT.turn(new CharTokenizer().encode("one STOP two"), true);
    var prompt =
        new Prompt(
            0, ids, 50, Sampling.GREEDY, List.of("STOP"), token -> text.append(token.text()));

    Completion completion = loop.submit(state(), prompt).await();

    assertThat(text).hasToString("one ");
    assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
    assertThat(completion.generatedTokens()).isEqualTo(8);
  }

  @Test
  void aLongPromptIsComputedInChunks() throws Exception {
    say(state(), "x".repeat(197), 1, new StringBuilder()).await();

    assertThat(model.steps.subList(0, 4))
        .containsExactly(List.of(64), List.of(64), List.of(64), List.of(8));
  }

  @Test
  void aShortTurnDoesNotWaitForALongPrompt() throws Exception {
    Semaphore gate = model.gate();
    Turn tall = say(state(), "x".repeat(1500), 1, new StringBuilder());
    await().until(() -> loop.active() == 1);
    Turn small = say(state(), "hi", 10, new StringBuilder());

    gate.release(6);
    small.await();

    assertThat(tall.done()).isFalse();
    gate.release(1000);
    tall.await();
  }

  @Test
  void turnsRunTogetherInOneStep() throws Exception {
    Semaphore gate = model.gate();
    List<StringBuilder> texts = new ArrayList<>();
    List<Turn> turns = new ArrayList<>();
    for (String each : List.of("first", "second", "third")) {
      texts.add(new StringBuilder());
      turns.add(say(state(), each, 50, texts.getLast()));
    }
    gate.release(1000);
    for (Turn turn : turns) {
      turn.await();
    }

    assertThat(texts).map(StringBuilder::toString).containsExactly("first", "second", "third");
    assertThat(model.steps).anyMatch(step -> step.equals(List.of(1, 1, 1)));
  }

  @Test
  void neverMoreTurnsThanAllowedAndTheOthersWait() throws Exception {
    restart(new FakeModel(2000, this::echo), 2, 64);
    Semaphore gate = model.gate();
    List<Turn> turns =
        IntStream.range(0, 5).mapToObj(i -> say(state(), "abc", 9, new StringBuilder())).toList();
    gate.release(2);
    await().until(() -> loop.waiting() == 3);

    assertThat(loop.active()).isEqualTo(2);

    gate.release(1000);
    for (Turn turn : turns) {
      turn.await();
    }
    assertThat(model.steps).allMatch(step -> step.size() <= 2);
  }

  @Test
  void aCancelledTurnLeavesTheStateAsItWas() throws Exception {
    SequenceState state = state();
    say(state, "keep", 50, new StringBuilder()).await();
    int length = state.length();
    var inStep = new CountDownLatch(1);
    var gate = new Semaphore(0);
    model.beforeStep(
        () -> {
          inStep.countDown();
          gate.acquireUninterruptibly();
        });
    Turn turn = say(state, "lost", 50, new StringBuilder());
    inStep.await();
    gate.release(3);
    turn.cancel();
    gate.release(1000);
    assertFault(turn, Fault.CANCELLED);
    seen.clear();

    say(state, "go on", 50, new StringBuilder()).await();

    assertThat(state.length()).isGreaterThan(length);
    assertThat(seen.peek()).isEqualTo("^<keep>keep$<go on>");
  }

  @Test
  void aCancelledTurnStopsWithinOneToken() throws Exception {
    restart(new FakeModel(2000, all -> 'a'), 8, 64);
    Semaphore gate = model.gate();
    Turn turn = say(state(), "endless", 1900, new StringBuilder());
    gate.release(3);
    await().until(() -> model.steps.size() == 3);

    turn.cancel();
    gate.release(100);

    assertFault(turn, Fault.CANCELLED);
    assertThat(model.steps).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void aWaitingTurnCanBeCancelled() throws Exception {
    restart(new FakeModel(2000, this::echo), 1, 64);
    Semaphore gate = model.gate();
    Turn running = say(state(), "abc", 9, new StringBuilder());
    Turn waiting = say(state(), "abc", 9, new StringBuilder());
    waiting.cancel();
    gate.release(1000);

    assertFault(waiting, Fault.CANCELLED);
    assertThat(running.await().generatedTokens()).isEqualTo(3);
  }

  @Test
  void aTurnThatBreaksTheModelFailsAlone() throws Exception {
    restart(new FakeModel(2000, this::echoUnlessBad), 8, 64);
    Semaphore gate = model.gate();
    var good = new StringBuilder();
    Turn one = say(state(), "good", 50, good);
    Turn bad = say(state(), "BAD", 50, new StringBuilder());
    var fine = new StringBuilder();
    Turn two = say(state(), "fine", 50, fine);
    gate.release(1000);

    assertFault(bad, Fault.MODEL_FAILED);
    one.await();
    two.await();
    assertThat(good).hasToString("good");
    assertThat(fine).hasToString("fine");
  }

  private long echoUnlessBad(long[] all) {
    if (CharTokenizer.show(all).contains("BAD")) {
      throw new IllegalStateException("the engine does not like this");
    }
    return echo(all);
  }

  @Test
  void whatTheEngineSaysIsNotToldToClients() {
    restart(new FakeModel(2000, this::echoUnlessBad), 8, 64);

    assertThatThrownBy(() -> say(state(), "BAD", 50, new StringBuilder()).await())
        .hasMessageNotContaining("does not like");
  }

  @Test
  void aDeviceOutOfMemoryIsNotACrash() throws Exception {
    restart(
        new FakeModel(
            2000,
            all -> {
              throw new DeviceMemoryException(new IllegalStateException("CUDA out of memory"));
            }),
        8,
        64);

    assertFault(say(state(), "x", 5, new StringBuilder()), Fault.OUT_OF_SESSION_MEMORY);
    assertThat(loop.alive()).isTrue();
  }

  @Test
  void aCacheThatMayNotGrowFailsOnlyItsTurnAndKeepsTheState() throws Exception {
    var tight = new MemoryBudget(600 * BYTES_PER_TOKEN);
    var state = new SequenceState(model, tight);
    say(state, "small", 50, new StringBuilder()).await();
    int length = state.length();

    assertFault(say(state, "y".repeat(300), 5, new StringBuilder()), Fault.OUT_OF_SESSION_MEMORY);

    assertThat(state.length()).isEqualTo(length);
    assertThat(say(state, "again", 50, new StringBuilder()).await().generatedTokens()).isEqualTo(5);
  }

  @Test
  void inputsThatDoNotFitAreRefusedWithNumbers() {
    assertThatThrownBy(() -> say(state(), "z".repeat(1996), 1, new StringBuilder()))
        .isInstanceOfSatisfying(
            FaultException.class, f -> assertThat(f.fault()).isEqualTo(Fault.CONTEXT_TOO_LONG))
        .hasMessageContaining("1 tokens too long")
        .hasMessageContaining("at most 2000");
  }

  @Test
  void inputsThatJustFitAreAnswered() throws Exception {
    Completion full = say(state(), "z".repeat(1995), 10, new StringBuilder()).await();

    assertThat(full.promptTokens()).isEqualTo(1998);
    assertThat(full.generatedTokens()).isEqualTo(1);
    assertThat(full.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void aFullContextRefusesTheNextTurn() throws Exception {
    SequenceState state = state();
    say(state, "z".repeat(1995), 10, new StringBuilder()).await();

    assertThatThrownBy(() -> say(state, "more", 1, new StringBuilder()))
        .hasMessageContaining("the session 2000 before");
  }

  @Test
  void seededSamplingIsReproducible() throws Exception {
    String first = sampled(99);

    assertThat(sampled(99)).isEqualTo(first);
    assertThat(sampled(100)).isNotEqualTo(first);
  }

  private String sampled(long seed) throws InterruptedException {
    var text = new StringBuilder();
    long[] ids = CharTokenizer.LAYOUT.turn(new long[] {'a'}, true);
    var sampling = new Sampling(2, 0, 1, seed);
    TokenSink sink = token -> text.append(token.text());
    loop.submit(state(), new Prompt(0, ids, 40, sampling, List.of(), sink)).await();
    return text.toString();
  }

  @Test
  void releasingFreesTheCacheAndItsBytes() throws Exception {
    SequenceState state = state();
    say(state, "x", 5, new StringBuilder()).await();
    assertThat(model.liveCaches()).isEqualTo(1);

    loop.release(state).join();

    assertThat(model.liveCaches()).isZero();
    assertThat(budget.used()).isZero();
  }

  @Test
  void stoppingFailsWhatRunsAndWhatWaits() throws Exception {
    restart(new FakeModel(2000, all -> 'a'), 1, 64);
    Semaphore gate = model.gate();
    Turn running = say(state(), "x", 1900, new StringBuilder());
    Turn waiting = say(state(), "x", 1900, new StringBuilder());
    gate.release();
    await().until(() -> loop.active() == 1 && loop.waiting() == 1);

    loop.close();

    assertFault(running, Fault.NOT_READY);
    assertFault(waiting, Fault.NOT_READY);
    assertFault(say(state(), "late", 5, new StringBuilder()), Fault.NOT_READY);
    assertThat(loop.alive()).isFalse();
    loop.release(state()).join();
  }

  @Test
  void aSinkThatFailsFailsItsTurn() throws Exception {
    long[] ids = CharTokenizer.LAYOUT.turn(new long[] {'a'}, true);
    var prompt =
        new Prompt(
            0,
            ids,
            5,
            Sampling.GREEDY,
            List.of(),
            piece -> {
              throw new IllegalStateException("closed");
            });

    assertFault(loop.submit(state(), prompt), Fault.MODEL_FAILED);
    assertThat(loop.alive()).isTrue();
  }

  @Test
  void anEmptyPromptIsRefused() {
    var nothing = new Prompt(0, new long[0], 5, Sampling.GREEDY, List.of(), piece -> {});

    assertThatThrownBy(() -> loop.submit(state(), nothing)).hasMessageContaining("no tokens");
  }

  @Test
  void textComesPieceByPiece() throws Exception {
    List<String> pieces = new ArrayList<>();
    long[] ids = CharTokenizer.LAYOUT.turn(new CharTokenizer().encode("abc"), true);

    TokenSink sink = token -> pieces.add(token.text());
    loop.submit(state(), new Prompt(0, ids, 9, Sampling.GREEDY, List.of(), sink)).await();

    assertThat(pieces).as("the last is the end's").containsExactly("a", "b", "c", "");
  }

  @Test
  void allTouchingOfTheModelIsOnOneThread() throws Exception {
    var threads = new AtomicReference<>(new ArrayList<String>());
    model.beforeStep(() -> threads.get().add(Thread.currentThread().getName()));
    List<Turn> turns =
        IntStream.range(0, 20)
            .mapToObj(i -> say(state(), "t" + i, 5, new StringBuilder()))
            .toList();
    for (Turn turn : turns) {
      turn.await();
    }

    assertThat(threads.get()).containsOnly("engine");
  }

  private SequenceState state() {
    return new SequenceState(model, budget);
  }

  private Turn say(SequenceState state, String words, int most, StringBuilder reply) {
    long[] text = new CharTokenizer().encode(words);
    long[] ids = CharTokenizer.LAYOUT.turn(text, state.contextTokens() == 0);
    return loop.submit(
        state,
        new Prompt(
            state.contextTokens(),
            ids,
            most,
            Sampling.GREEDY,
            List.of(),
            token -> reply.append(token.text())));
  }

  private static void assertFault(Turn turn, Fault expected) {
    assertThatThrownBy(turn::await)
        .isInstanceOfSatisfying(
            FaultException.class, failed -> assertThat(failed.fault()).isEqualTo(expected));
  }
}
