package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxPeriodicTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final Vertx vertx = Vertx.vertx();
  private final VertxPeriodic periodic = new VertxPeriodic(vertx, new Random());
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void close() {
    Replica.get(vertx.close());
  }

  @Test
  void aJobRunsAgainAndAgainThoughItFails() {
    periodic.every(
        SHORT,
        () -> {
          if (runs.incrementAndGet() % 2 == 0) {
            throw new IllegalStateException("thrown on purpose");
          }
          return Future.failedFuture("failed on purpose");
        });

    Replica.await("it ran often", () -> runs.get() > 5);
  }

  @Test
  void aJobWaitsForItsRunBefore() {
    Promise<Void> first = Promise.promise();
    AtomicInteger others = new AtomicInteger();
    periodic.every(
        SHORT,
        () -> {
          runs.incrementAndGet();
          return first.future();
        });
    periodic.every(SHORT, () -> Future.succeededFuture(countedVoid(others)));
    Replica.await("time has passed", () -> others.get() > 20);
    assertThat(runs).hasValue(1);

    first.complete();

    Replica.await("it goes on", () -> runs.get() > 1);
  }

  @Test
  void nothingBeginsAfterTheStop() {
    periodic.stop();
    periodic.every(SHORT, () -> Future.succeededFuture(countedVoid(runs)));
    VertxPeriodic running = new VertxPeriodic(vertx, new Random());
    AtomicInteger others = new AtomicInteger();
    running.every(SHORT, () -> Future.succeededFuture(countedVoid(others)));
    Replica.await("time has passed", () -> others.get() > 20);

    assertThat(runs).hasValue(0);
  }

  private static Void countedVoid(AtomicInteger counter) {
    counter.incrementAndGet();
    return null;
  }
}
