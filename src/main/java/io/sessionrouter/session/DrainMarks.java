package io.sessionrouter.session;

import io.vertx.core.Future;

/**
 * The marks of instances that operators drain: kept in Redis, so that they hold for every replica
 * and outlive them all.
 *
 * <p>A mark is an instance's, by its id, whatever container stands behind that; it holds until it
 * is taken back. Futures fail with {@code STORE_UNAVAILABLE} when Redis does not answer in time;
 * what was asked for may or may not have happened then, and can be asked for again.
 */
public interface DrainMarks {

  /** Marks the instance; completes when this replica acts on it, the others follow at once. */
  Future<Void> mark(String endpoint, String instance);

  /** Takes the mark back, if there is one. */
  Future<Void> unmark(String endpoint, String instance);
}
