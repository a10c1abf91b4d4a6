package io.sessionrouter.gateway;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one budget for all that clients make this process hold: what they sent and nobody took, what
 * they asked for and do not read, and the connections themselves.
 *
 * <p>Each event loop counts for itself and reports in large steps, so that a request pays for an
 * addition. When the budget is used up, every loop closes what holds the most for the longest, in
 * proportion to what the loop has of it all.
 */
public final class HeldMemory {
  /** Where making room begins and ends, and where nothing more is taken on, in 16ths. */
  private static final int RELEASE_SIXTEENTHS = 14;

  private static final int FULL_SIXTEENTHS = 18;
  private static final int SIXTEENTHS = 16;

  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final List<Alarm> loops = new CopyOnWriteArrayList<>();

  /** Makes an event loop evict its share when another one has found the budget used up. */
  interface Alarm {

    /** From any thread. */
    void raise();
  }

  /**
   * @param limit in bytes
   */
  public HeldMemory(long limit) {
    this.limit = limit;
  }

  public long limit() {
    return limit;
  }

  /** As last reported by the loops. */
  public long used() {
    return used.get();
  }

  void join(Alarm loop) {
    loops.add(loop);
  }

  /** Whether it is used up. */
  boolean exceeded() {
    return used.get() > limit;
  }

  /** Whether making room does not keep up: new work is refused. */
  boolean full() {
    return used.get() > limit / SIXTEENTHS * FULL_SIXTEENTHS;
  }

  /** How much has to go. */
  long excess() {
    return used.get() - limit / SIXTEENTHS * RELEASE_SIXTEENTHS;
  }

  /**
   * Reports a change.
   *
   * @return whether the budget is used up
   */
  boolean add(long bytes) {
    return used.addAndGet(bytes) > limit;
  }

  /** The others make room, too. */
  void alarm(Alarm from) {
    for (Alarm loop : loops) {
      if (!loop.equals(from)) {
        loop.raise();
      }
    }
  }
}
