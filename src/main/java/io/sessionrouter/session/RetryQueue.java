package io.sessionrouter.session;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What this replica still owes Redis after it has answered its caller: whatever must be undone or
 * done, because Redis did not confirm it and may or may not have carried it out.
 *
 * <p>Each is tried again a bounded number of times while Redis is there, and the number of debts is
 * bounded too. What is given up does no harm: it ends by its own expiry.
 */
final class RetryQueue {
  private static final Logger LOG = Logger.getLogger(RetryQueue.class);
  private static final int MAX_ENTRIES = 10_000;
  private static final int AT_ONCE = 500;
  private static final int MAX_TRIES = 10;

  private final BooleanSupplier redisIsThere;
  private final Deque<Debt> open = new ArrayDeque<>();
  private boolean overflowing;

  private record Debt(String what, Supplier<? extends Future<?>> work, int tries) {}

  RetryQueue(BooleanSupplier redisIsThere) {
    this.redisIsThere = redisIsThere;
  }

  /**
   * @param what is owed, for the log
   * @param work may be run several times
   */
  void owe(String what, Supplier<? extends Future<?>> work) {
    add(new Debt(what, work, MAX_TRIES));
  }

  /** Tries what is owed, as much as goes at once. Never fails. */
  Future<Void> settle() {
    List<Future<?>> tried = new ArrayList<>();
    if (redisIsThere.getAsBoolean()) {
      for (Debt debt : take()) {
        tried.add(pay(debt));
      }
    }
    return Future.join(tried).recover(why -> Future.succeededFuture()).mapEmpty();
  }

  synchronized int size() {
    return open.size();
  }

  private Future<?> pay(Debt debt) {
    return debt.work.get().onFailure(why -> again(debt, why));
  }

  private void again(Debt debt, Throwable why) {
    int left = isUnsent(why) ? debt.tries : debt.tries - 1;
    if (left > 0) {
      add(new Debt(debt.what, debt.work, left));
    } else {
      LOG.warnf("given up what=%s cause=%s", debt.what, why);
    }
  }

  /** Nothing was tried, then. */
  private static boolean isUnsent(Throwable why) {
    return why instanceof StoreUnavailable store && store.failure() == StoreEvents.Failure.UNSENT;
  }

  private synchronized void add(Debt debt) {
    open.addLast(debt);
    if (open.size() > MAX_ENTRIES) {
      open.removeFirst();
      if (!overflowing) {
        overflowing = true;
        LOG.warnf("more than %d writes wait for redis; the oldest are given up", MAX_ENTRIES);
      }
    }
  }

  private synchronized List<Debt> take() {
    List<Debt> some = new ArrayList<>(Math.min(open.size(), AT_ONCE));
    while (some.size() < AT_ONCE && !open.isEmpty()) {
      some.add(open.removeFirst());
    }
    overflowing = overflowing && !open.isEmpty();
    return some;
  }
}
