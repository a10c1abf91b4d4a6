package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.Fault;
import java.util.concurrent.atomic.AtomicInteger;

/** A bound on how many may be inside at once; one more is refused, not made to wait. */
final class Admission {
  private final int limit;
  private final AtomicInteger inside = new AtomicInteger();

  Admission(int limit) {
    this.limit = limit;
  }

  void enter() {
    if (inside.incrementAndGet() > limit) {
      inside.decrementAndGet();
      throw Fault.OVERLOADED.because(
          "%d requests are running and waiting, which is the most; try again later", limit);
    }
  }

  void leave() {
    inside.decrementAndGet();
  }

  int inside() {
    return inside.get();
  }
}
