package io.sessionrouter.gateway;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One event loop's part of the {@link HeldMemory}. Used on that loop only. */
public final class LoopMemory {
  /** What is not reported yet, at most. */
  private static final long STEP_BYTES = 64 * 1024;

  private final HeldMemory budget;
  private final EventLoop loop;
  private final long step;
  private final HeldMemory.Alarm alarm;
  private final Holding.Counter counter = new Counter();
  private @Nullable Holding first;
  private long held;
  private long reported;
  private volatile boolean alarmed;

  /**
   * @param loop that all holdings live on
   */
  public LoopMemory(HeldMemory budget, EventLoop loop) {
    this.budget = budget;
    this.loop = loop;
    this.step = Math.min(STEP_BYTES, budget.limit() / 256);
    this.alarm = this::raise;
    budget.join(alarm);
  }

  private final class Counter implements Holding.Counter {
    @Override
    public void changed(long bytes) {
      add(bytes);
    }

    @Override
    public void closed(Holding holding) {
      remove(holding);
    }
  }

  /** Begins to count for a connection. */
  public Holding open(Holding.Owner owner, long bytes) {
    Holding opened = new Holding(counter, owner, bytes);
    opened.link(null, first);
    if (first != null) {
      first.link(opened, first.next());
    }
    first = opened;
    add(bytes);
    return opened;
  }

  private void remove(Holding closed) {
    Holding before = closed.previous();
    Holding after = closed.next();
    if (before != null) {
      before.link(before.previous(), after);
    } else {
      first = after;
    }
    if (after != null) {
      after.link(before, after.next());
    }
    closed.link(null, null);
  }

  private void add(long bytes) {
    held += bytes;
    long unreported = held - reported;
    if (unreported >= step || unreported <= -step) {
      reported = held;
      budget.add(unreported);
    }
  }

  /** Whether new work is to be refused. */
  public boolean full() {
    return budget.full();
  }

  /**
   * Closes connections if the budget is used up. Nothing that the caller does afterwards may need
   * the connection it is called from.
   */
  public void makeRoom() {
    if (budget.exceeded()) {
      budget.alarm(alarm);
      evict();
    }
  }

  /** Another loop has found the budget used up; from any thread. */
  private void raise() {
    if (!alarmed) {
      alarmed = true;
      loop.execute(this::onAlarm);
    }
  }

  private void onAlarm() {
    alarmed = false;
    if (budget.exceeded()) {
      evict();
    }
  }

  /**
   * Its own share of what has to go, and the most dispensable first; nothing that is larger than
   * what is missing, since a loop may have but a small part in it.
   */
  private void evict() {
    double share = (double) held / Math.max(1, budget.used());
    long excess = (long) (budget.excess() * Math.min(1, share));
    List<Holding> candidates = candidates(System.nanoTime());
    for (Holding holding : candidates) {
      if (excess <= holding.bytes() / 2) {
        return;
      }
      excess -= holding.bytes();
      holding.evict();
    }
  }

  private List<Holding> candidates(long now) {
    List<Holding> candidates = new ArrayList<>();
    for (Holding holding = first; holding != null; holding = holding.next()) {
      if (holding.weigh(now) > 0) {
        candidates.add(holding);
      }
    }
    candidates.sort((a, b) -> Double.compare(b.weight(), a.weight()));
    return candidates;
  }
}
