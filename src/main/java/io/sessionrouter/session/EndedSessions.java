package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What is remembered of sessions that ended, for people. */
@FunctionalInterface
public interface EndedSessions {

  /**
   * Asks Redis.
   *
   * @return completes with null if there is nothing, if the session lives, or if it was somebody
   *     else's
   */
  Future<@Nullable EndedSession> findEnded(String endpoint, String id, Asker asker);
}
