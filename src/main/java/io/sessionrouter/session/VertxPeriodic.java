package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs by Vert.x timers; the period varies a little, so that replicas do not march in step.
 */
final class VertxPeriodic implements Periodic {
  private static final Logger LOG = Logger.getLogger(VertxPeriodic.class);

  private final Vertx vertx;
  private final RandomGenerator random;
  private volatile boolean stopped;

  VertxPeriodic(Vertx vertx, RandomGenerator random) {
    this.vertx = vertx;
    this.random = random;
  }

  @Override
  public void every(Duration period, Supplier<Future<Void>> job) {
    everySo(() -> period, job);
  }

  @Override
  public void everySo(Supplier<@Nullable Duration> period, Supplier<Future<Void>> job) {
    Duration next = stopped ? null : period.get();
    if (next != null) {
      vertx.setTimer(varied(next.toMillis()), timer -> run(period, job));
    }
  }

  @Override
  public void stop() {
    stopped = true;
  }

  private void run(Supplier<@Nullable Duration> period, Supplier<Future<Void>> job) {
    if (!stopped && period.get() != null) {
      Future.succeededFuture()
          .compose(ignored -> job.get())
          .onFailure(why -> LOG.warnf(why, "a periodic job of the session room failed"))
          .onComplete(done -> everySo(period, job));
    }
  }

  private long varied(long millis) {
    return Math.max(1, millis - millis / 10 + random.nextLong(millis / 5 + 1));
  }
}
