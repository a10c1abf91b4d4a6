package io.sessionrouter.container.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(100);

  @Test
  void countsWhatIsReservedAndReleased() {
    budget.reserve(60);
    budget.reserve(40);
    budget.release(30);

    assertThat(budget.used()).isEqualTo(70);
    assertThat(budget.limit()).isEqualTo(100);
  }

  @Test
  void refusesWhatDoesNotFitAndTakesNothing() {
    budget.reserve(60);

    assertThatThrownBy(() -> budget.reserve(41))
        .isInstanceOfSatisfying(
            FaultException.class, f -> assertThat(f.fault()).isEqualTo(Fault.OUT_OF_SESSION_MEMORY))
        .hasMessageContaining("41 bytes needed, 60 of 100 in use")
        .hasMessageContaining("model.session-memory");
    assertThat(budget.used()).isEqualTo(60);
  }

  @Test
  void asksForMemoryBeforeItRefuses() {
    budget.reserve(100);
    budget.onShortage(
        missing -> {
          budget.release(50);
          return true;
        });

    budget.reserve(30);

    assertThat(budget.used()).isEqualTo(80);
  }

  @Test
  void saysHowMuchIsMissing() {
    budget.reserve(80);
    var asked = new AtomicInteger();
    budget.onShortage(
        missing -> {
          asked.set((int) missing);
          return false;
        });

    assertThatThrownBy(() -> budget.reserve(30)).isInstanceOf(FaultException.class);
    assertThat(asked).hasValue(10);
  }

  @Test
  void doesNotTakeFromOthersWhatWouldNeverFit() {
    budget.onShortage(
        missing -> {
          throw new AssertionError("nobody should be asked");
        });

    assertThatThrownBy(() -> budget.reserve(101)).isInstanceOf(FaultException.class);
  }

  @Test
  void manyThreadsNeverExceedIt() {
    var granted = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 1000).forEach(i -> threads.execute(() -> tryReserve(granted)));
    }

    assertThat(granted).hasValue(33);
    assertThat(budget.used()).isEqualTo(99);
  }

  private void tryReserve(AtomicInteger granted) {
    try {
      budget.reserve(3);
      granted.incrementAndGet();
    } catch (FaultException full) {
      assertThat(full.fault()).isEqualTo(Fault.OUT_OF_SESSION_MEMORY);
    }
  }
}
