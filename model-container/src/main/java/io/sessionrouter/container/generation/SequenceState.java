package io.sessionrouter.container.generation;

import io.sessionrouter.container.model.ModelShape;
import io.sessionrouter.container.text.ChatMessage;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the model remembers of one conversation: the tokens of its context, and a KV cache that
 * grows and is valid for so many of them; the others are not computed yet.
 *
 * <p>Only a finished turn moves it forward ({@link #commit}); a turn that fails or is cancelled has
 * written behind the valid part only, so it leaves the state as it was. A turn that goes on from an
 * earlier point overwrites what was computed behind it ({@link #rewind}): if it fails the context
 * is as it was, and the next turn computes that part again.
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
  private volatile int[] context = {};
  private volatile List<ChatMessage> messages = List.of();

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
    return context.length;
  }

  /** How many tokens at the beginning of the context are also at the beginning of these. */
  public int sharedWith(long[] ids) {
    int[] present = context;
    int most = Math.min(present.length, ids.length);
    int shared = 0;
    while (shared < most && present[shared] == ids[shared]) {
      shared++;
    }
    return shared;
  }

  /**
   * The messages that the context consists of; empty if it did not come about by messages alone.
   */
  public List<ChatMessage> messages() {
    return messages;
  }

  /** The last turn made the context consist of these messages. */
  public void consistsOf(List<ChatMessage> all) {
    messages = List.copyOf(all);
  }

  /**
   * How many tokens a reply to a prompt of so many tokens may have; negative if it does not fit.
   * One place is kept for the id that ends the reply.
   */
  int roomAfter(int promptTokens) {
    return contextLength - promptTokens - 1;
  }

  /** The first tokens of the context, with these behind them. */
  long[] followedBy(int kept, long[] ids) {
    int[] present = context;
    long[] all = new long[kept + ids.length];
    for (int i = 0; i < kept; i++) {
      all[i] = present[i];
    }
    System.arraycopy(ids, 0, all, kept, ids.length);
    return all;
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

  /** Moves on: these tokens are the context, of which so many are computed. */
  void commit(int computed, long[] tokens) {
    length = computed;
    context = Arrays.stream(tokens).mapToInt(Math::toIntExact).toArray();
    messages = List.of();
  }

  /** What was computed behind so many tokens is about to be overwritten. Engine thread only. */
  void rewind(int computed) {
    length = Math.min(length, computed);
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
