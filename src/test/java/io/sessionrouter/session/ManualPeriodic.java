package io.sessionrouter.session;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs jobs when told to. */
final class ManualPeriodic implements Periodic {
  private final List<Supplier<Future<Void>>> jobs = new ArrayList<>();

  @Override
  public void every(Duration period, Supplier<Future<Void>> job) {
    jobs.add(job);
  }

  @Override
  public void stop() {
    jobs.clear();
  }

  /** One round of every job, in the order they were given. */
  Future<Void> round() {
    Future<Void> done = Future.succeededFuture();
    for (Supplier<Future<Void>> job : jobs) {
      done = done.compose(ignored -> job.get());
    }
    return done;
  }
}
