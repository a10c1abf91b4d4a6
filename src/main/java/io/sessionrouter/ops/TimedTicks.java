package io.sessionrouter.ops;

import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ticks at once and then at an interval, on worker threads, one at a time. */
final class TimedTicks implements Ticks {
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final long everyMillis;
  private final AtomicBoolean ticking = new AtomicBoolean();
  private long timer = NO_TIMER;

  TimedTicks(Vertx vertx, long everyMillis) {
    this.vertx = vertx;
    this.everyMillis = everyMillis;
  }

  @Override
  public synchronized void begin(Runnable tick) {
    run(tick);
    timer = vertx.setPeriodic(everyMillis, id -> run(tick));
  }

  @Override
  public synchronized void end() {
    vertx.cancelTimer(timer);
    timer = NO_TIMER;
  }

  /** A tick that comes while the one before still runs is left out. */
  private void run(Runnable tick) {
    if (ticking.compareAndSet(false, true)) {
      vertx.executeBlocking(
          () -> {
            try {
              tick.run();
            } finally {
              ticking.set(false);
            }
            return null;
          },
          false);
    }
  }
}
