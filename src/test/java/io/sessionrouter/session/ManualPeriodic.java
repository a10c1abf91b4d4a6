package io.sessionrouter.session;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs jobs when told to. */
final class ManualPeriodic implements Periodic {
  private final List<Job> jobs = new ArrayList<>();

  private record Job(Supplier<@Nullable Duration> period, Supplier<Future<Void>> work) {}

  @Override
  public void every(Duration period, Supplier<Future<Void>> job) {
    everySo(() -> period, job);
  }

  @Override
  public void everySo(Supplier<@Nullable Duration> period, Supplier<Future<Void>> job) {
    if (period.get() != null) {
      jobs.add(new Job(period, job));
    }
  }

  int jobs() {
    jobs.removeIf(job -> job.period.get() == null);
    return jobs.size();
  }

  @Override
  public void stop() {
    jobs.clear();
  }

  /** One round of every job, in the order they were given. */
  Future<Void> round() {
    Future<Void> done = Future.succeededFuture();
    jobs.removeIf(job -> job.period.get() == null);
    for (Job job : jobs) {
      done = done.compose(ignored -> job.work.get());
    }
    return done;
  }
}
