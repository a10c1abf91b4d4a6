package io.sessionrouter.container.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class LoadQueueTest {
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  private void load() {
    running.incrementAndGet();
    try {
      released.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    running.decrementAndGet();
    ended.incrementAndGet();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void someRunSomeWaitAndTheNextIsRefused(int waiting) {
    try (var queue = new LoadQueue(2, waiting)) {
      for (int i = 0; i < 2 + waiting; i++) {
        queue.add(this::load);
      }
      await().until(() -> running.get() == 2);

      assertThatThrownBy(() -> queue.add(this::load))
          .isInstanceOfSatisfying(
              FaultException.class,
              refused -> assertThat(refused.fault()).isEqualTo(Fault.OVERLOADED))
          .hasMessageContaining(Integer.toString(2 + waiting));

      released.countDown();
      await().until(() -> ended.get() == 2 + waiting);
    }
  }

  @Test
  void atItsEndWhatRunsIsInterruptedAndNothingMoreBegins() {
    var queue = new LoadQueue(1, 5);
    queue.add(this::load);
    queue.add(this::load);
    await().until(() -> running.get() == 1);

    queue.close();

    assertThat(ended).hasValue(1);
    assertThatThrownBy(() -> queue.add(this::load)).hasMessage("the container is stopping");
  }
}
