package io.sessionrouter.session;

import io.sessionrouter.domain.SessionLookup.Missing;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a session that ended.
 *
 * @param why never {@link Missing#UNKNOWN}
 * @param forgottenAt when nothing is remembered any more, epoch milliseconds
 * @param facts null of a session that was ended by a router that did not write them down
 */
public record EndedSession(Missing why, long forgottenAt, @Nullable Facts facts) {

  /**
   * More about it; times are epoch milliseconds.
   *
   * @param model empty on a single-model endpoint
   * @param owner the principal that opened it, or empty where callers are not distinguished
   */
  public record Facts(
      Ending ending,
      long endedAt,
      long createdAt,
      long usedAt,
      String instance,
      String variant,
      String model,
      String owner) {}
}
