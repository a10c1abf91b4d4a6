package io.sessionrouter.container.generation;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.StopStrings;
import io.sessionrouter.container.text.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The engine thread: in every step it computes one token of each running reply and a bounded part
 * of the prompts, all in one batch.
 *
 * <p>Everything that touches the model runs on this one thread, so the model needs no locks and its
 * memory has one owner. Turns join and leave between steps.
 */
public final class StepLoop implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StepLoop.class);

  private final CausalModel model;
  private final Tokenizer tokenizer;
  private final ChatLayout layout;
  private final Limits limits;
  private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
  private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
  private final List<Turn> active = new ArrayList<>();
  private final List<Turn> paused = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile int activeCount;
  private volatile int waitingCount;
  private volatile int pausedCount;

  /**
   * How much happens in one step.
   *
   * @param maxConcurrency how many turns run at the same time
   * @param prefillChunk how many prompt tokens a step computes
   */
  public record Limits(int maxConcurrency, int prefillChunk) {}

  /** A loop over a model; {@link #start} sets it going. */
  public StepLoop(CausalModel model, Tokenizer tokenizer, ChatLayout layout, Limits limits) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.layout = layout;
    this.limits = limits;
    this.thread = Thread.ofPlatform().name("engine").daemon().unstarted(this::run);
  }

  /** Starts the engine thread. */
  public StepLoop start() {
    thread.start();
    return this;
  }

  /** Hands in a turn; it runs as soon as there is room. */
  public Turn submit(SequenceState state, Prompt prompt) {
    var reply = new Reply(tokenizer.newDecoder(), new StopStrings(prompt.stop()));
    var turn = new Turn(state, prompt, layout, reply, this::wake);
    mailbox.add(() -> waiting.add(turn));
    if (stopping) {
      turn.fail(stopped());
    }
    return turn;
  }

  /** Makes an idle loop look again at its turns. */
  private void wake() {
    mailbox.add(() -> {});
  }

  /** Ends the turns of a state and frees what it holds; complete when the memory is back. */
  public CompletableFuture<Void> release(SequenceState state) {
    var done = new CompletableFuture<Void>();
    Runnable free =
        () -> {
          abandon(state);
          state.free();
          done.complete(null);
        };
    if (thread.equals(Thread.currentThread())) {
      free.run();
    } else {
      mailbox.add(free);
    }
    if (stopping) {
      // The loop may not read its mail any more; closing the model frees all it has allocated.
      done.complete(null);
    }
    return done;
  }

  /** Without its memory a turn would go on from nothing, and nobody would notice. */
  private void abandon(SequenceState state) {
    for (Collection<Turn> turns : List.of(active, waiting, paused)) {
      turns.stream()
          .filter(turn -> turn.uses(state))
          .forEach(turn -> turn.fail(Fault.NOT_READY.because("the session ended meanwhile")));
      turns.removeIf(Turn::done);
    }
  }

  /** How many turns are computed now. */
  public int active() {
    return activeCount;
  }

  /** How many turns wait for room. */
  public int waiting() {
    return waitingCount;
  }

  /** How many turns pause because their readers are behind. */
  public int paused() {
    return pausedCount;
  }

  /** Whether the engine thread lives. */
  public boolean alive() {
    return thread.isAlive();
  }

  private void run() {
    try {
      while (!stopping) {
        readMail();
        leaveAndJoin();
        step();
      }
    } catch (InterruptedException stopped) {
      LOG.debug("engine thread interrupted");
    } catch (Throwable bug) {
      LOG.error("the engine thread died", bug);
    } finally {
      stopping = true;
      shutDown();
    }
  }

  private void readMail() throws InterruptedException {
    boolean idle = active.isEmpty() && waiting.isEmpty() && paused.stream().noneMatch(Turn::ready);
    Runnable work = idle ? mailbox.take() : mailbox.poll();
    while (work != null) {
      work.run();
      work = mailbox.poll();
    }
  }

  /**
   * Cancelled turns leave before new ones join: two turns of a session never share a step. A turn
   * whose reader is behind gives its place away, and comes back before those that have not begun.
   */
  private void leaveAndJoin() {
    dropCancelled(active.iterator());
    dropCancelled(waiting.iterator());
    dropCancelled(paused.iterator());
    move(active, turn -> !turn.ready(), paused::add);
    move(paused, Turn::ready, waiting::addFirst);
    while (active.size() < limits.maxConcurrency() && !waiting.isEmpty()) {
      active.add(waiting.remove());
    }
    count();
  }

  private void count() {
    activeCount = active.size();
    waitingCount = waiting.size();
    pausedCount = paused.size();
  }

  private static void move(List<Turn> from, Predicate<Turn> which, Consumer<Turn> to) {
    from.removeIf(
        turn -> {
          boolean moved = which.test(turn);
          if (moved) {
            to.accept(turn);
          }
          return moved;
        });
  }

  private static void dropCancelled(Iterator<Turn> turns) {
    while (turns.hasNext()) {
      Turn turn = turns.next();
      if (turn.cancelled()) {
        turns.remove();
        turn.failCancelled();
      }
    }
  }

  private void step() {
    Map<Turn, Integer> shares = PrefillPlan.share(active, limits.prefillChunk());
    var turns = new ArrayList<Turn>();
    var chunks = new ArrayList<Chunk>();
    for (Turn turn : active) {
      if (turn.promptLeft() == 0 || shares.containsKey(turn)) {
        Chunk chunk = chunk(turn, shares.getOrDefault(turn, 0));
        if (chunk != null) {
          turns.add(turn);
          chunks.add(chunk);
        }
      }
    }
    compute(turns, chunks);
    active.removeIf(Turn::done);
    count();
  }

  private static @Nullable Chunk chunk(Turn turn, int promptTokens) {
    try {
      return turn.next(promptTokens);
    } catch (RuntimeException | OutOfMemoryError noRoom) {
      fail(turn, noRoom);
      return null;
    }
  }

  private void compute(List<Turn> turns, List<Chunk> chunks) {
    if (chunks.isEmpty()) {
      return;
    }
    try (Logits logits = model.step(chunks)) {
      for (int row = 0; row < chunks.size(); row++) {
        advance(turns.get(row), chunks.get(row), logits, row);
      }
    } catch (RuntimeException | OutOfMemoryError failed) {
      isolate(turns, chunks, failed);
    }
  }

  private static void advance(Turn turn, Chunk chunk, Logits logits, int row) {
    try {
      turn.advance(chunk, logits, row);
    } catch (RuntimeException failed) {
      fail(turn, failed);
    }
  }

  /**
   * One bad turn must not take the others with it: each is tried alone. The step had no effect but
   * in the unused part of the caches, so it may be done again.
   */
  private void isolate(List<Turn> turns, List<Chunk> chunks, Throwable failed) {
    if (turns.size() == 1) {
      fail(turns.getFirst(), failed);
      return;
    }
    for (int i = 0; i < turns.size(); i++) {
      compute(List.of(turns.get(i)), List.of(chunks.get(i)));
    }
  }

  private static void fail(Turn turn, Throwable failed) {
    FaultException fault = translated(failed);
    if (fault != failed) {
      LOG.warnf(failed, "the model failed on a turn: %s", fault.fault());
    }
    turn.fail(fault);
  }

  private static FaultException translated(Throwable failed) {
    if (failed instanceof FaultException fault) {
      return fault;
    }
    return failed instanceof OutOfMemoryError || failed instanceof DeviceMemoryException
        ? Fault.OUT_OF_SESSION_MEMORY.because("the device has no memory left for this request")
        : Fault.MODEL_FAILED.because("the model failed on this request; see the container's log");
  }

  private static FaultException stopped() {
    return Fault.NOT_READY.because("the model is stopping");
  }

  private void shutDown() {
    for (Runnable work = mailbox.poll(); work != null; work = mailbox.poll()) {
      work.run();
    }
    active.forEach(turn -> turn.fail(stopped()));
    waiting.forEach(turn -> turn.fail(stopped()));
    paused.forEach(turn -> turn.fail(stopped()));
    active.clear();
    waiting.clear();
    paused.clear();
    count();
    model.close();
  }

  /** Fails what still runs, frees the model and ends the thread. */
  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
