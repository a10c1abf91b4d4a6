package io.sessionrouter.gateway;

import org.jspecify.annotations.Nullable;

/**
 * What one connection makes the router hold, in bytes at their real cost. Used on its event loop
 * only.
 */
public final class Holding {
  /** So much a request under way may hold almost without being taken for a burden. */
  private static final int FREE_BYTES = 16 * 1024;

  private static final int BUSY_SHARE = 16;

  private final Counter counter;
  private Owner owner;
  private @Nullable Holding previous;
  private @Nullable Holding next;
  private long bytes;
  private long since = System.nanoTime();
  private double weight;
  private boolean closed;

  /** Whose connection it is. */
  public interface Owner {

    /** Whether a request is under way on it. */
    boolean busy();

    /** Closes the connection and drops at once what it holds. */
    void evict();
  }

  /** Sums up what the holdings of an event loop hold, and keeps the list of them. */
  interface Counter {

    /** The holding has so many bytes more. */
    void changed(long bytes);

    /** The holding counts no longer. */
    void closed(Holding holding);
  }

  Holding(Counter counter, Owner owner, long bytes) {
    this.counter = counter;
    this.owner = owner;
    this.bytes = bytes;
  }

  /** From now on it is theirs. */
  public void passTo(Owner next) {
    owner = next;
  }

  /** It holds so much now. */
  public void set(long present) {
    if (present != bytes && !closed) {
      long change = present - bytes;
      bytes = present;
      counter.changed(change);
    }
  }

  public long bytes() {
    return bytes;
  }

  /** Something was done on the connection: it does not just hold. */
  public void progressed(long now) {
    since = now;
  }

  /** The connection is closed. */
  public void close() {
    if (!closed) {
      set(0);
      closed = true;
      counter.closed(this);
    }
  }

  /** How much for how long; what a request under way needs counts little. */
  double weigh(long now) {
    long burden = owner.busy() ? Math.max(bytes - FREE_BYTES, bytes / BUSY_SHARE) : bytes;
    weight = closed || burden <= 0 ? 0 : (double) burden * Math.max(1, now - since);
    return weight;
  }

  double weight() {
    return weight;
  }

  void evict() {
    owner.evict();
    close();
  }

  @Nullable Holding previous() {
    return previous;
  }

  @Nullable Holding next() {
    return next;
  }

  void link(@Nullable Holding before, @Nullable Holding after) {
    previous = before;
    next = after;
  }
}
