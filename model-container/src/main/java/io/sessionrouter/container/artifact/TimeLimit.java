package io.sessionrouter.container.artifact;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs work that waits for a network on a virtual thread, where an interrupt breaks even a blocked
 * read: so it ends when its time is over, and when the one who waits for it is interrupted.
 */
final class TimeLimit {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private TimeLimit() {}

  static <T> T within(Duration limit, Callable<T> work)
      throws ExecutionException, TimeoutException, InterruptedException {
    var task = new FutureTask<>(work);
    Thread thread = Thread.ofVirtual().name("model-fetch").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      // Nobody may write behind the back of the one who cleans up.
      thread.interrupt();
      thread.join(GRACE);
    }
  }
}
