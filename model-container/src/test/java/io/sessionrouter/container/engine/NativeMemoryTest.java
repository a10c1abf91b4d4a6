package io.sessionrouter.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.generation.MemoryBudget;
import io.sessionrouter.container.generation.Prompt;
import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.generation.Turn;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.Tokenizer;
import io.sessionrouter.container.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand sessions come and go; the memory outside the heap is where it was. */
@Timeout(400)
@Tag("slow")
class NativeMemoryTest {
  private static final int CYCLES = 10_000;
  private static final int WARM_UP = 2_000;
  private static final int RETRIES = 2;
  private static final int OPEN_AT_ONCE = 20;

  /** As many as the engine computes in one step. */
  private static final int AT_ONCE = 8;

  private static final long TOLERANCE = 32L << 20;

  private final MemoryBudget budget = new MemoryBudget(1L << 30);
  private final ArrayDeque<SequenceState> open = new ArrayDeque<>();

  @Test
  void tenThousandSessionsLeaveNativeMemoryWhereItWas() throws Exception {
    ModelFolder folder = ModelFolder.open(Path.of("models/facts"));
    var layout = new ChatLayout(folder.manifest().chat());
    TorchModel model = TorchModel.load(folder, DeviceChoice.CPU, 1);
    try (Tokenizer tokenizer = Tokenizers.load(folder.manifest());
        StepLoop loop =
            new StepLoop(model, tokenizer, layout, new StepLoop.Limits(AT_ONCE, 512)).start()) {
      long[] small = layout.turn(tokenizer.encode("My cat is called Zebulon."), true);
      long[] large = layout.turn(tokenizer.encode("The river is long. ".repeat(60)), true);
      int tensors = model.liveTensors();

      run(loop, model, WARM_UP, small, large);
      long gained = gain(loop, model, small, large);
      // What leaks grows every time; what the virtual machine takes for itself does not.
      for (int more = 0; more < RETRIES && gained >= TOLERANCE; more++) {
        gained = gain(loop, model, small, large);
      }

      assertThat(budget.used()).isZero();
      assertThat(model.liveTensors()).as("tensors alive").isEqualTo(tensors);
      assertThat(gained).as("bytes gained").isLessThan(TOLERANCE);
    }
  }

  private long gain(StepLoop loop, TorchModel model, long[] small, long[] large) throws Exception {
    long before = resident();
    run(loop, model, CYCLES, small, large);
    long after = resident();
    System.out.printf(
        "native memory %d MiB, after %d more sessions %d MiB%n", before >> 20, CYCLES, after >> 20);
    return after - before;
  }

  /**
   * Opens some sessions a cycle, some of them large enough to grow twice; keeps the newest open.
   */
  private void run(StepLoop loop, TorchModel model, int sessions, long[] small, long[] large)
      throws InterruptedException {
    for (int i = 0; i < sessions; i += AT_ONCE) {
      List<Turn> turns = new ArrayList<>();
      for (int each = i; each < i + AT_ONCE; each++) {
        var state = new SequenceState(model, budget);
        long[] ids = each % 50 == 0 ? large : small;
        turns.add(
            loop.submit(
                state,
                new Prompt(
                    state.contextTokens(), ids, 1, Sampling.GREEDY, List.of(), piece -> {})));
        open.add(state);
      }
      for (Turn turn : turns) {
        turn.await();
      }
      while (open.size() > OPEN_AT_ONCE) {
        loop.release(open.remove()).join();
      }
    }
    while (!open.isEmpty()) {
      loop.release(open.remove()).join();
    }
  }

  /** Resident memory; the heap in it is of fixed size and touched from the start. */
  private static long resident() throws IOException {
    System.gc();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    }
  }
}
