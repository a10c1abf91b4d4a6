package io.sessionrouter.e2e;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The moment when nothing flows any more. */
final class Standstill {
  private Standstill() {}

  /** Until the figure has grown and then stays what it is. */
  static void awaitThat(LongSupplier figure) {
    AtomicLong before = new AtomicLong();
    await("standstill")
        .pollInterval(Duration.ofMillis(100))
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              long now = figure.getAsLong();
              return before.getAndSet(now) == now && now > 0;
            });
  }
}
