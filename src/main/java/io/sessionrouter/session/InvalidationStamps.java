package io.sessionrouter.session;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Knows whether anything was published about a session since a moment, with a fixed amount of
 * memory.
 *
 * <p>A reply from Redis may arrive after the news that it is outdated, since they travel on two
 * connections. Whoever asks takes a stamp before, and keeps the reply only if the stamp is still
 * the same. Ids share stamps: a needless change costs one more question to Redis, never a wrong
 * answer.
 */
final class InvalidationStamps {
  private static final int STRIPES = 4096;

  private final AtomicLongArray stripes = new AtomicLongArray(STRIPES);
  private final AtomicLong all = new AtomicLong();

  /** A number that grows whenever something is said about the id. */
  long of(String id) {
    return stripes.get(stripe(id)) + all.get();
  }

  void change(String id) {
    stripes.incrementAndGet(stripe(id));
  }

  void changeAll() {
    all.incrementAndGet();
  }

  private static int stripe(String id) {
    int hash = id.hashCode();
    return (hash ^ hash >>> 16) & STRIPES - 1;
  }
}
