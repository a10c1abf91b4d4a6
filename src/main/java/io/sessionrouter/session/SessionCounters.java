package io.sessionrouter.session;

import io.sessionrouter.session.SessionIndex.Look;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many sessions each instance of one endpoint has: what Redis counted last, and what this
 * replica did since.
 */
final class SessionCounters {
  private final ConcurrentHashMap<String, Count> byInstance = new ConcurrentHashMap<>();

  /**
   * @param counted what Redis counted
   * @param mark the sum of this replica's own changes when Redis was asked
   * @param asOf when that was; sessions whose time was over by then were not counted
   * @param members all that the index had
   */
  private record Base(long counted, long mark, long asOf, long members) {

    static final Base NONE = new Base(0, 0, Long.MIN_VALUE, 0);
  }

  private static final class Count {
    final AtomicLong own = new AtomicLong();
    volatile Base base = Base.NONE;
    volatile boolean announced;
  }

  int bound(String instance) {
    Count count = byInstance.get(instance);
    if (count == null) {
      return 0;
    }
    Base base = count.base;
    return Math.clamp(base.counted + count.own.get() - base.mark, 0, Integer.MAX_VALUE);
  }

  /** This replica took a place (+1) or gave one back (-1). */
  void change(String instance, int by) {
    count(instance).own.addAndGet(by);
  }

  /**
   * This replica ended a session.
   *
   * @param deadline when its time was over, or is to be; Redis counts none whose time is
   */
  void ended(String instance, long deadline) {
    Count count = count(instance);
    if (deadline > count.base.asOf) {
      count.own.decrementAndGet();
    }
  }

  /** Some replica begins to open sessions on the instance. */
  void announced(String instance) {
    count(instance).announced = true;
  }

  /**
   * Whether Redis has to be asked: the instance has members, or may have got some since it was
   * asked last.
   *
   * @param since instances not asked since then are asked, whatever is known of them
   */
  boolean stale(String instance, long since) {
    Count count = count(instance);
    Base base = count.base;
    return count.announced
        || base.members > 0
        || count.own.get() != base.mark
        || base.asOf <= since;
  }

  /** To be taken when Redis is asked: changes after it are not in Redis' answer. */
  long mark(String instance) {
    Count count = count(instance);
    count.announced = false;
    return count.own.get();
  }

  /**
   * @param asOf when Redis was asked
   */
  void counted(String instance, Look look, long mark, long asOf) {
    count(instance).base = new Base(look.live(), mark, asOf, look.all());
  }

  /** Drops the instances that are not there any more. */
  void retain(Collection<String> instances) {
    byInstance.keySet().retainAll(instances);
  }

  private Count count(String instance) {
    return byInstance.computeIfAbsent(instance, key -> new Count());
  }
}
