package io.sessionrouter.session;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What is remembered of sessions that ended, for people. */
@FunctionalInterface
public interface EndedSessions {

  /**
   * Asks Redis.
   *
   * @return completes with null if there is nothing, or if the session lives
   */
  Future<@Nullable EndedSession> findEnded(String endpoint, String id);
}
