package io.sessionrouter.container.generation;

import io.sessionrouter.container.model.ModelShape;
import org.jspecify.annotations.Nullable;

/**
 * What the model remembers of one conversation: a KV cache that grows, how much of it is valid, and
 * the tokens that belong to the context but are not computed yet.
 *
 * <p>Only a finished turn moves it forward ({@link #commit}); a turn that fails or is cancelled has
 * written behind the valid part only, so it leaves the state as it was.
 *
 * <p>The cache is touched by the engine thread alone. The rest is read and written by one turn
 * after the other.
 */
public final class SequenceState {
  private static final int FIRST_CAPACITY = 256;

  private final CausalModel model;
  private final MemoryBudget budget;
  private final int contextLength;
  private long reserved;
  private @Nullable KvCache cache;
  private volatile int length;
  private volatile long[] pending = {};

  /**
   * An empty state; reserves the memory of the smallest cache at once, so that opening may fail.
   */
  public SequenceState(CausalModel model, MemoryBudget budget) {
    this.model = model;
    this.budget = budget;
    this.contextLength = model.shape().contextLength();
    reserve(capacityFor(1));
  }

  /** The bytes that every state takes at least. */
  public static long leastBytes(ModelShape shape) {
    return shape.kvBytes(Math.min(FIRST_CAPACITY, shape.contextLength()));
  }

  /** How many tokens are computed. */
  public int length() {
    return length;
  }

  /** How many tokens the context has, computed or not. */
  public int contextTokens() {
    return length + pending.length;
  }

  /**
   * How many tokens a reply to {@code newTokens} more tokens may have; negative if they do not fit.
   * One place is kept for the id that ends the reply.
   */
  int roomFor(int newTokens) {
    return contextLength - contextTokens() - newTokens - 1;
  }

  /** The tokens that the next turn must compute before its own. */
  long[] pending() {
    return pending;
  }

  /** The cache, with room for so many tokens. Engine thread only. */
  KvCache cacheFor(int tokens) {
    KvCache current = cache;
    if (current == null) {
      current = model.allocate(capacityFor(1));
      cache = current;
    }
    if (current.capacity() < tokens) {
      grow(current, capacityFor(tokens));
    }
    return current;
  }

  private void grow(KvCache current, int capacity) {
    int before = current.capacity();
    // Both caches exist while one is copied to the other, so both are counted.
    reserve(capacity);
    try {
      current.grow(capacity);
    } finally {
      unreserve(current.capacity() == before ? capacity : before);
    }
  }

  /** Moves on: so many tokens are computed, these are still to be. */
  void commit(int newLength, long... newPending) {
    length = newLength;
    pending = newPending;
  }

  /** Frees the cache and its part of the budget. Engine thread only; harmless when done twice. */
  void free() {
    if (cache != null) {
      cache.close();
      cache = null;
    }
    release(reserved);
  }

  private int capacityFor(int tokens) {
    long doubled = Math.max(FIRST_CAPACITY, Long.highestOneBit(Math.max(1, tokens - 1L)) * 2);
    return (int) Math.min(contextLength, doubled);
  }

  private void reserve(int capacity) {
    long bytes = model.shape().kvBytes(capacity);
    budget.reserve(bytes);
    reserved += bytes;
  }

  private void unreserve(int capacity) {
    release(model.shape().kvBytes(capacity));
  }

  private void release(long bytes) {
    reserved -= bytes;
    budget.release(bytes);
  }
}
