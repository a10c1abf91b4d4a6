package io.sessionrouter.container.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.text.StopStrings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefillPlanTest {
  private final FakeModel model = new FakeModel(100_000, all -> 65);
  private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE / 2);

  @Test
  void aloneATurnGetsAll() {
    assertThat(shares(512, 5000)).containsExactly(512);
  }

  @Test
  void aShortPromptGoesWholeBesideALongOne() {
    assertThat(shares(512, 16_000, 12)).containsExactly(500, 12);
  }

  @Test
  void equalsShareEqually() {
    assertThat(shares(512, 1000, 1000)).containsExactly(256, 256);
  }

  @Test
  void whatAShortOneLeavesTheLongerGet() {
    assertThat(shares(90, 1000, 10, 1000)).containsExactly(40, 10, 40);
  }

  @Test
  void neverMoreThanTheChunkInAll() {
    int[] prompts = IntStream.range(0, 64).map(i -> 1000 + i).toArray();

    assertThat(shares(512, prompts).stream().mapToInt(i -> i).sum()).isEqualTo(512);
  }

  @Test
  void fewAtATimeButAlwaysTheOldest() {
    int[] prompts = IntStream.range(0, 64).map(i -> 1000 - i).toArray();

    List<Integer> shares = shares(512, prompts);

    assertThat(shares.stream().filter(share -> share > 0)).hasSize(8);
    assertThat(shares.getFirst()).as("the oldest, though the longest").isPositive();
  }

  @Test
  void aTinyChunkStillMovesSomebody() {
    assertThat(shares(1, 100, 100, 100).stream().mapToInt(i -> i).sum()).isEqualTo(1);
  }

  @Test
  void nobodyWaitingNothingShared() {
    assertThat(PrefillPlan.share(List.of(), 512)).isEmpty();
  }

  private List<Integer> shares(int tokens, int... prompts) {
    List<Turn> turns = new ArrayList<>();
    Arrays.stream(prompts).forEach(length -> turns.add(turn(length)));
    Map<Turn, Integer> shares = PrefillPlan.share(turns, tokens);
    return turns.stream().map(turn -> shares.getOrDefault(turn, 0)).toList();
  }

  private Turn turn(int tokens) {
    var prompt = new Prompt(0, new long[tokens], 1, Sampling.GREEDY, List.of(), piece -> {});
    var reply = new Reply(new CharTokenizer().newDecoder(), new StopStrings(List.of()));
    var state = new SequenceState(model, budget);
    return new Turn(state, prompt, CharTokenizer.LAYOUT, reply, () -> {});
  }
}
