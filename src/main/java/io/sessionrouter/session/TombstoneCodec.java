package io.sessionrouter.session;

import static io.sessionrouter.session.RecordText.after;
import static io.sessionrouter.session.RecordText.base36;
import static io.sessionrouter.session.RecordText.field;
import static io.sessionrouter.session.RecordText.number;
import static io.sessionrouter.session.RecordText.text;

import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.EndedSession.Facts;
import io.sessionrouter.session.Stored.Tombstone;
import java.util.List;

/**
 * The text of what an ended session leaves behind.
 *
 * <pre>
 * 2|end|until|ended|created|used|instance|variant|model|owner  {@link Ending#letter} and facts
 * 1|closed|until                                             as older routers wrote it
 * </pre>
 *
 * <p>{@code until} and {@code created} are epoch milliseconds; {@code ended} and {@code used} are
 * milliseconds since {@code created}.
 */
final class TombstoneCodec {
  static final String VERSION = "2|";
  private static final String OLD_VERSION = "1|";
  private static final int LEAST_FIELDS = 6;
  private static final int FIELDS = 10;

  private TombstoneCodec() {}

  static String encode(Tombstone tombstone) {
    Facts facts = tombstone.facts();
    if (facts == null) {
      return OLD_VERSION + word(tombstone.why()) + '|' + base36(tombstone.until());
    }
    StringBuilder text = new StringBuilder(96);
    text.append(VERSION).append(facts.ending().letter());
    text.append('|').append(base36(tombstone.until()));
    text.append('|').append(base36(facts.endedAt() - facts.createdAt()));
    text.append('|').append(base36(facts.createdAt()));
    text.append('|').append(base36(facts.usedAt() - facts.createdAt()));
    field(text, facts.instance());
    field(text, facts.variant());
    field(text, facts.model());
    field(text, facts.owner());
    return RecordText.trimmed(text);
  }

  /** Of an older router. */
  static Tombstone decodeOld(List<String> fields) {
    return new Tombstone(missing(fields.get(1)), number(fields.get(2)), null);
  }

  static Tombstone decode(List<String> fields) {
    if (fields.size() < LEAST_FIELDS || fields.size() > FIELDS) {
      throw new UnreadableRecord("fields: " + fields.size() + " (expected: 6 to 10)");
    }
    Ending ending = Ending.ofLetter(fields.get(1));
    long created = number(fields.get(4));
    Facts facts =
        new Facts(
            ending,
            after(created, number(fields.get(3))),
            created,
            after(created, number(fields.get(5))),
            text(fields, 6),
            text(fields, 7),
            text(fields, 8),
            text(fields, 9));
    return new Tombstone(ending.why(), number(fields.get(2)), facts);
  }

  private static String word(Missing why) {
    return switch (why) {
      case CLOSED -> "closed";
      case EXPIRED -> "expired";
      case LOST -> "lost";
      case UNKNOWN -> throw new IllegalArgumentException("why: UNKNOWN (expected: a reason)");
    };
  }

  private static Missing missing(String word) {
    return switch (word) {
      case "closed" -> Missing.CLOSED;
      case "expired" -> Missing.EXPIRED;
      case "lost" -> Missing.LOST;
      default -> throw new UnreadableRecord("expected closed, expired or lost");
    };
  }
}
