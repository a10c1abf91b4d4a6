package io.sessionrouter.session;

import static io.sessionrouter.session.RecordText.after;
import static io.sessionrouter.session.RecordText.base36;
import static io.sessionrouter.session.RecordText.field;
import static io.sessionrouter.session.RecordText.number;
import static io.sessionrouter.session.RecordText.trimmed;

import io.sessionrouter.domain.Session;
import io.sessionrouter.session.Stored.Live;
import io.sessionrouter.session.Stored.Tombstone;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The text a session's record has in Redis.
 *
 * <pre>
 * 1|used|created|life|instance|bootId|variant|model|owner     a session
 * 1|closed|until                                             a tombstone of an older router
 * 2|...                                                      a tombstone, see {@link TombstoneCodec}
 * </pre>
 *
 * <p>Numbers are in base 36: {@code created} and {@code until} in epoch milliseconds, {@code used}
 * and {@code life} in milliseconds since {@code created}. Empty fields at the end are left out.
 * {@code used} stands first because it is all that changes: what follows it is the session's {@link
 * #identity}, which scripts compare as one piece.
 *
 * <p>Each value has exactly one text, and decoding refuses any other. So the text read can be had
 * again from the session, which is what compare-and-set needs, and damage is never taken for a
 * session.
 */
final class RecordCodec {
  private static final String VERSION = "1|";
  private static final int SESSION_FIELDS = 9;
  private static final int FIRST_TEXT_FIELD = 4;
  private static final int MAX_LENGTH = 16_384;

  private final UnaryOperator<String> intern;

  /**
   * @param intern makes one object of equal strings: many sessions share instance, boot and variant
   */
  RecordCodec(UnaryOperator<String> intern) {
    this.intern = intern;
  }

  static String encode(Session session) {
    return VERSION + base36(session.usedAt() - session.createdAt()) + identity(session);
  }

  /** All of the record that never changes while the session lives. */
  static String identity(Session session) {
    StringBuilder text = new StringBuilder(80);
    text.append('|').append(base36(session.createdAt()));
    text.append('|').append(base36(session.expiresAt() - session.createdAt()));
    field(text, session.instance());
    field(text, session.bootId());
    field(text, session.variant());
    field(text, session.model());
    field(text, session.owner());
    return trimmed(text);
  }

  /**
   * @param id the session's id, known from the key
   * @throws UnreadableRecord if the text is nothing this codec writes
   */
  Stored decode(String id, String text) {
    boolean tombstone = text.startsWith(TombstoneCodec.VERSION);
    if (!tombstone && !text.startsWith(VERSION)) {
      throw new UnreadableRecord("expected a record of version 1 or 2");
    }
    if (text.length() > MAX_LENGTH) {
      throw new UnreadableRecord("longer than " + MAX_LENGTH + " characters");
    }
    List<String> fields = RecordText.split(text);
    if (tombstone) {
      return checked(TombstoneCodec.decode(fields), text);
    }
    return fields.size() == 3
        ? checked(TombstoneCodec.decodeOld(fields), text)
        : live(id, fields, text);
  }

  private static Tombstone checked(Tombstone read, String text) {
    return checked(read, TombstoneCodec.encode(read), text);
  }

  private Live live(String id, List<String> fields, String text) {
    if (fields.size() < FIRST_TEXT_FIELD || fields.size() > SESSION_FIELDS) {
      throw new UnreadableRecord("fields: " + fields.size() + " (expected: 4 to 9, or 3)");
    }
    long created = number(fields.get(2));
    Session session =
        new Session(
            id,
            text(fields, 4),
            text(fields, 5),
            text(fields, 6),
            text(fields, 7),
            text(fields, 8),
            created,
            after(created, number(fields.get(3))),
            after(created, number(fields.get(1))));
    return checked(new Live(session), encode(session), text);
  }

  private static <T> T checked(T value, String canonical, String text) {
    if (!canonical.equals(text)) {
      throw new UnreadableRecord("not the text this router writes for what it says");
    }
    return value;
  }

  private String text(List<String> fields, int at) {
    return intern.apply(RecordText.text(fields, at));
  }
}
