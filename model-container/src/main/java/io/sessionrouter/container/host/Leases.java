package io.sessionrouter.container.host;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Counts the requests that use a model, so that it can be taken away once there are none. */
final class Leases {
  private int held;
  private boolean closed;

  /** One more request, unless none may begin any more; whether it may. */
  synchronized boolean enter() {
    if (closed) {
      return false;
    }
    held++;
    return true;
  }

  /** Lets none begin any more, if none runs and nothing else stands against it; whether it did. */
  synchronized boolean closeIfIdle(BooleanSupplier idle) {
    closed |= held == 0 && idle.getAsBoolean();
    return closed;
  }

  synchronized void leave() {
    held--;
    notifyAll();
  }

  synchronized int held() {
    return held;
  }

  /** Lets none begin any more and waits for those that run; whether all have ended in time. */
  synchronized boolean drain(Duration limit) throws InterruptedException {
    closed = true;
    long deadline = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos(); held > 0 && left > 0; left = deadline - System.nanoTime()) {
      // Rounded up: a wait of 0 would never end.
      wait(left / 1_000_000 + 1);
    }
    return held == 0;
  }
}
