package io.sessionrouter.container.generation;

import static io.sessionrouter.container.generation.FakeModel.BYTES_PER_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.FaultException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceStateTest {
  private final FakeModel model = new FakeModel(3000, all -> 65);
  private final MemoryBudget budget = new MemoryBudget(10_000 * BYTES_PER_TOKEN);

  @Test
  void openingReservesTheSmallestCacheWithoutAllocatingIt() {
    new SequenceState(model, budget);

    assertThat(budget.used()).isEqualTo(256 * BYTES_PER_TOKEN);
    assertThat(model.liveCaches()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1,256", "256,256", "257,512", "512,512", "513,1024", "2049,3000", "3000,3000"})
  void theCacheDoublesUpToTheContext(int tokens, int capacity) {
    var state = new SequenceState(model, budget);

    assertThat(state.cacheFor(tokens).capacity()).isEqualTo(capacity);
    assertThat(budget.used()).isEqualTo(capacity * BYTES_PER_TOKEN);
  }

  @Test
  void aSmallContextNeedsNoMore() {
    var small = new SequenceState(new FakeModel(100, all -> 65), budget);

    assertThat(small.cacheFor(100).capacity()).isEqualTo(100);
    assertThat(budget.used()).isEqualTo(100 * BYTES_PER_TOKEN);
  }

  @Test
  void growingKeepsOneCacheAndCountsBothWhileItCopies() {
    var tight = new MemoryBudget((256 + 511) * BYTES_PER_TOKEN);
    var state = new SequenceState(model, tight);
    KvCache cache = state.cacheFor(256);

    assertThatThrownBy(() -> state.cacheFor(257)).isInstanceOf(FaultException.class);

    assertThat(cache.capacity()).as("unharmed").isEqualTo(256);
    assertThat(tight.used()).isEqualTo(256 * BYTES_PER_TOKEN);
    assertThat(state.cacheFor(256)).as("still usable").isSameAs(cache);
  }

  @Test
  void freeingGivesAllBackAndMayBeDoneTwice() {
    var state = new SequenceState(model, budget);
    state.cacheFor(1000);

    state.free();
    state.free();

    assertThat(budget.used()).isZero();
    assertThat(model.liveCaches()).isZero();
  }

  @Test
  void theContextCountsPendingTokens() {
    var state = new SequenceState(model, budget);
    state.commit(10, LongStream.range(0, 12).toArray());

    assertThat(state.length()).isEqualTo(10);
    assertThat(state.contextTokens()).isEqualTo(12);
    assertThat(state.roomAfter(112)).isEqualTo(3000 - 112 - 1);
  }

  @Test
  void noMemoryNoState() {
    var none = new MemoryBudget(255 * BYTES_PER_TOKEN);

    assertThatThrownBy(() -> new SequenceState(model, none)).isInstanceOf(FaultException.class);
    assertThat(none.used()).isZero();
  }
}
