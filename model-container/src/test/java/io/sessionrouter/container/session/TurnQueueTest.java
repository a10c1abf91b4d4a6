package io.sessionrouter.container.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.session.TurnQueue.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TurnQueueTest {
  private final TurnQueue queue = new TurnQueue();

  @Test
  void theFirstNeedNotWait() throws Exception {
    queue.join().await();
  }

  @Test
  void theSecondWaitsForTheFirst() throws Exception {
    Place first = queue.join();
    Place second = queue.join();

    assertThat(second.before().isDone()).isFalse();
    first.leave();
    second.await();
  }

  @Test
  void whoGivesUpDoesNotLetTheNextOvertake() throws Exception {
    Place first = queue.join();
    Place second = queue.join();
    Place third = queue.join();

    second.leave();

    assertThat(third.before().isDone()).as("the first is still there").isFalse();
    first.leave();
    third.await();
  }

  @Test
  void anInterruptEndsTheWaiting() throws Exception {
    queue.join();
    Place second = queue.join();
    var interrupted = new CountDownLatch(1);
    Thread waiter =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    second.await();
                  } catch (InterruptedException expected) {
                    interrupted.countDown();
                  }
                });
    waiter.interrupt();

    interrupted.await();
  }

  @Test
  void manyGoInTheOrderTheyCame() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Place> places = IntStream.range(0, 200).mapToObj(i -> queue.join()).toList();
    List<Thread> threads = new ArrayList<>();
    for (int i = places.size() - 1; i >= 0; i--) {
      int number = i;
      threads.add(Thread.ofVirtual().start(() -> go(places.get(number), number, order)));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(order).containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
  }

  private static void go(Place place, int number, List<Integer> order) {
    try {
      place.await();
      order.add(number);
    } catch (InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    } finally {
      place.leave();
    }
  }
}
