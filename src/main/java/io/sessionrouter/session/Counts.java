package io.sessionrouter.session;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many sessions each instance of one endpoint has: what Redis counted last, and what this
 * replica did since.
 */
final class Counts {
  private final ConcurrentHashMap<String, Count> byInstance = new ConcurrentHashMap<>();

  /**
   * @param counted what Redis counted
   * @param mark the sum of this replica's own changes when Redis was asked
   */
  private record Base(long counted, long mark) {}

  private static final class Count {
    final AtomicLong own = new AtomicLong();
    volatile Base base = new Base(0, 0);
  }

  int bound(String instance) {
    Count count = byInstance.get(instance);
    if (count == null) {
      return 0;
    }
    Base base = count.base;
    return (int) Math.clamp(base.counted + count.own.get() - base.mark, 0, Integer.MAX_VALUE);
  }

  /** This replica opened (+1) or ended (-1) a session. */
  void change(String instance, int by) {
    count(instance).own.addAndGet(by);
  }

  /** To be taken when Redis is asked: changes after it are not in Redis' answer. */
  long mark(String instance) {
    return count(instance).own.get();
  }

  void counted(String instance, long counted, long mark) {
    count(instance).base = new Base(counted, mark);
  }

  /** Drops the instances that are not there any more. */
  void retain(Collection<String> instances) {
    byInstance.keySet().retainAll(instances);
  }

  private Count count(String instance) {
    return byInstance.computeIfAbsent(instance, key -> new Count());
  }
}
