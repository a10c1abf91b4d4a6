package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import org.jspecify.annotations.Nullable;

/** What Redis holds under a session's key. */
sealed interface Stored {

  /** A session's record. Whether its time is over is for the reader to say. */
  record Live(Session session) implements Stored {}

  /**
   * What an ended session leaves behind for a while, so that latecomers learn why it ended.
   *
   * @param why never {@link Missing#UNKNOWN}
   * @param until epoch milliseconds at which Redis forgets it
   * @param facts null if an older router wrote none
   */
  record Tombstone(Missing why, long until, EndedSession.@Nullable Facts facts) implements Stored {

    /** Empty where callers were not distinguished. */
    String owner() {
      return facts == null ? "" : facts.owner();
    }

    Remembered remembered() {
      return new Remembered.Ended(why, owner());
    }
  }
}
