package io.sessionrouter.session;

import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.SessionEvents.Expiry;

/** How a session ended. */
public enum Ending {
  CLOSED(Missing.CLOSED, "c"),
  /** It was not used for as long as it may be idle. */
  EXPIRED_IDLE(Missing.EXPIRED, "i"),
  /** It reached its longest life. */
  EXPIRED_ABSOLUTE(Missing.EXPIRED, "a"),
  LOST_GONE(Missing.LOST, "g"),
  LOST_RESTARTED(Missing.LOST, "r"),
  LOST_LEFT(Missing.LOST, "l");

  private final Missing why;
  private final String letter;

  Ending(Missing why, String letter) {
    this.why = why;
    this.letter = letter;
  }

  static Ending of(Loss loss) {
    return switch (loss) {
      case GONE -> LOST_GONE;
      case RESTARTED -> LOST_RESTARTED;
      case LEFT -> LOST_LEFT;
    };
  }

  static Ending of(Expiry expiry) {
    return expiry == Expiry.IDLE ? EXPIRED_IDLE : EXPIRED_ABSOLUTE;
  }

  static Ending ofLetter(String letter) {
    for (Ending ending : values()) {
      if (ending.letter.equals(letter)) {
        return ending;
      }
    }
    throw new UnreadableRecord("expected the letter of an end");
  }

  /** What a look-up finds instead of the session. */
  public Missing why() {
    return why;
  }

  /** In the record. */
  String letter() {
    return letter;
  }
}
