package io.sessionrouter.fleet;

import io.sessionrouter.container.CheckResult;
import io.sessionrouter.container.Pinger;
import io.sessionrouter.endpoint.HealthSettings;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Keeps one member's health up to date: a check every interval, and quick ones while it is in
 * doubt.
 *
 * <p>Runs on one event loop; {@link #doubt} may be called from any thread.
 */
final class MemberWatch {
  /** Between checks while in doubt, so that a dead container is known within half a second. */
  static final long QUICK_MILLIS = 150;

  /** Intervals between checks of a healthy member that nobody uses, and at most how long. */
  static final int UNUSED_INTERVALS = 10;

  static final long UNUSED_MOST_MILLIS = 30_000;

  private final Member member;
  private volatile HealthSettings settings;
  private final Pinger pinger;
  private final InstantSource clock;
  private final Vertx vertx;
  private final Context context;
  private final BooleanSupplier unused;
  private final AtomicBoolean doubtReported = new AtomicBoolean();

  private boolean stopped;
  private boolean checking;
  private boolean inDoubt;
  private long timer = -1;
  private long startedNanos;
  private long startedAt;

  MemberWatch(
      Member member,
      HealthSettings settings,
      Pinger pinger,
      InstantSource clock,
      Vertx vertx,
      Context context,
      BooleanSupplier unused) {
    this.member = member;
    this.settings = settings;
    this.pinger = pinger;
    this.clock = clock;
    this.vertx = vertx;
    this.context = context;
    this.unused = unused;
  }

  /** From the next check on these apply; should that be far away, it comes sooner. */
  void settings(HealthSettings now) {
    if (!now.equals(settings)) {
      settings = now;
      context.runOnContext(v -> reschedule());
    }
  }

  private void reschedule() {
    if (!checking && !stopped && timer >= 0) {
      schedule(jittered(interval(unused.getAsBoolean())));
    }
  }

  /** Checks after so long, and from then on. */
  void start(long delayMillis) {
    context.runOnContext(v -> begin(delayMillis));
  }

  private void begin(long delayMillis) {
    if (!checking && !stopped && timer < 0) {
      schedule(delayMillis);
    }
  }

  void stop() {
    context.runOnContext(
        v -> {
          stopped = true;
          vertx.cancelTimer(timer);
        });
  }

  /** A request failed: the next check comes at once. */
  void doubt() {
    if (doubtReported.compareAndSet(false, true)) {
      context.runOnContext(v -> hurry());
    }
  }

  private void hurry() {
    doubtReported.set(false);
    inDoubt = true;
    if (!checking && !stopped) {
      schedule(Math.max(0, QUICK_MILLIS - sinceStart()));
    }
  }

  private void check() {
    if (stopped) {
      return;
    }
    checking = true;
    startedNanos = System.nanoTime();
    startedAt = clock.millis();
    inDoubt = false;
    pinger.check(member.instance(), settings).onSuccess(this::checked);
  }

  private void checked(CheckResult result) {
    checking = false;
    member.checked(result, startedAt, clock.millis());
    if (!stopped) {
      schedule(quick(result) ? QUICK_MILLIS : jittered(interval(unused.getAsBoolean())));
    }
  }

  private long interval(boolean isUnused) {
    long interval = settings.interval().toMillis();
    boolean well = member.health().state() == Health.State.HEALTHY;
    return isUnused && well ? unusedInterval(interval) : interval;
  }

  /** What nobody uses need not be known so soon, as long as it was well. */
  static long unusedInterval(long interval) {
    return Math.max(interval, Math.min(UNUSED_MOST_MILLIS, interval * UNUSED_INTERVALS));
  }

  /** Bounded: a few quick checks decide whether the member is healthy, unhealthy or gone. */
  private boolean quick(CheckResult result) {
    Health health = member.health();
    return switch (result) {
      case CheckResult.Passed passed -> inDoubt;
      case CheckResult.Failed failed ->
          health.failedRequests() > 0 && health.state() == Health.State.HEALTHY;
      case CheckResult.Refused refused -> health.state() != Health.State.GONE;
    };
  }

  private void schedule(long delay) {
    vertx.cancelTimer(timer);
    if (delay <= 0) {
      check();
    } else {
      timer = vertx.setTimer(delay, t -> check());
    }
  }

  private long sinceStart() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
  }

  /** Spread by a tenth, so that the replicas' checks do not fall together. */
  private static long jittered(long interval) {
    long spread = Math.max(1, interval / 10);
    return Math.max(1, interval - spread + ThreadLocalRandom.current().nextLong(2 * spread));
  }
}
