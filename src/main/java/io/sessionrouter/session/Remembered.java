package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;

/** What a replica remembers of a session. */
sealed interface Remembered {

  /** What its owner finds. */
  SessionLookup lookup();

  /** The principal that opened it; empty where callers are not distinguished. */
  String owner();

  /** It lives. */
  record Live(Found lookup) implements Remembered {

    static Live of(Session session) {
      return new Live(new Found(session));
    }

    @Override
    public String owner() {
      return lookup.session().owner();
    }
  }

  /**
   * It ended.
   *
   * @param lookup never {@link Missing#UNKNOWN}
   */
  record Ended(Missing lookup, String owner) implements Remembered {}
}
