package io.sessionrouter.container.generation;

import io.sessionrouter.container.fault.Fault;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all KV caches together may take, counted, never measured.
 *
 * <p>Bytes are reserved before they are allocated and released after they are freed; so the sum of
 * all caches never exceeds the limit, not even while one of them is moved.
 */
public final class MemoryBudget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private volatile Reclaimer reclaimer = missing -> false;

  /** A budget of so many bytes. */
  public MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** Somebody who can give memory back when it runs short. */
  @FunctionalInterface
  public interface Reclaimer {
    /** Tries to release so many bytes; whether anything was released. */
    boolean reclaim(long bytes);
  }

  /** Names the one to ask when memory runs short. */
  public void onShortage(Reclaimer newReclaimer) {
    reclaimer = newReclaimer;
  }

  /** Takes so many bytes, or fails without having taken any. */
  public void reserve(long bytes) {
    while (!tryReserve(bytes)) {
      if (bytes > limit || !reclaimer.reclaim(bytes - (limit - used.get()))) {
        throw Fault.OUT_OF_SESSION_MEMORY.because(
            "the memory for sessions is used up: %d bytes needed, %d of %d in use"
                + " (close sessions, or raise model.session-memory)",
            bytes, used.get(), limit);
      }
    }
  }

  private boolean tryReserve(long bytes) {
    long before = used.getAndUpdate(now -> now + bytes <= limit ? now + bytes : now);
    return before + bytes <= limit;
  }

  /** Gives bytes back that were reserved. */
  public void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /** The bytes reserved now. */
  public long used() {
    return used.get();
  }

  /** The bytes that may be reserved. */
  public long limit() {
    return limit;
  }
}
