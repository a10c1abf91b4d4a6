package io.sessionrouter.session;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Whether Redis can be reached, for readiness. */
public interface StoreHealth {

  /** Whether Redis answered the last probe; cheap. */
  boolean available();

  /** Whether Redis takes new sessions, as far as known; cheap. */
  default boolean writable() {
    return available();
  }

  /** Whether this replica is notified at once of what other replicas do; cheap. */
  boolean subscribed();

  /** Why Redis is not available or not writable, in words for operators; null if it is both. */
  @Nullable String lastError();

  /** Asks Redis now; fails if it does not answer in time. */
  Future<Void> ping();
}
