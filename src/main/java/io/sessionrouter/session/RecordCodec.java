package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.Stored.Live;
import io.sessionrouter.session.Stored.Tombstone;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The text a session's record has in Redis.
 *
 * <pre>
 * 1|used|created|life|instance|bootId|variant|model|owner     a session
 * 1|closed|until                                             a tombstone (or expired, or lost)
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
  private static final int RADIX = 36;
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

  static String encode(Tombstone tombstone) {
    return VERSION + word(tombstone.why()) + '|' + base36(tombstone.until());
  }

  /**
   * @param id the session's id, known from the key
   * @throws UnreadableRecord if the text is nothing this codec writes
   */
  Stored decode(String id, String text) {
    if (!text.startsWith(VERSION)) {
      throw new UnreadableRecord("expected a record of version 1");
    }
    if (text.length() > MAX_LENGTH) {
      throw new UnreadableRecord("longer than " + MAX_LENGTH + " characters");
    }
    List<String> fields = split(text);
    return fields.size() == 3 ? tombstone(fields, text) : live(id, fields, text);
  }

  private static Tombstone tombstone(List<String> fields, String text) {
    Tombstone read = new Tombstone(missing(fields.get(1)), number(fields.get(2)));
    return checked(read, encode(read), text);
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

  private static List<String> split(String text) {
    List<String> fields = new ArrayList<>(SESSION_FIELDS);
    int from = 0;
    for (int bar = text.indexOf('|'); bar >= 0; bar = text.indexOf('|', from)) {
      fields.add(text.substring(from, bar));
      from = bar + 1;
    }
    fields.add(text.substring(from));
    return fields;
  }

  private String text(List<String> fields, int at) {
    return at < fields.size() ? intern.apply(unescape(fields.get(at))) : "";
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text, RADIX);
    } catch (NumberFormatException e) {
      throw new UnreadableRecord("a number in base 36 was expected");
    }
  }

  private static long after(long created, long millis) {
    try {
      return Math.addExact(created, millis);
    } catch (ArithmeticException e) {
      throw new UnreadableRecord("a time beyond all times");
    }
  }

  private static String base36(long number) {
    return Long.toString(number, RADIX);
  }

  private static void field(StringBuilder text, String value) {
    text.append('|');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '|' || c == '%' || c < ' ') {
        text.append('%').append(Character.forDigit(c >> 4, 16));
        text.append(Character.forDigit(c & 15, 16));
      } else {
        text.append(c);
      }
    }
  }

  private static String unescape(String field) {
    if (field.indexOf('%') < 0) {
      return field;
    }
    StringBuilder plain = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      plain.append(c == '%' ? escaped(field, i) : c);
      i += c == '%' ? 2 : 0;
    }
    return plain.toString();
  }

  private static char escaped(String field, int percent) {
    if (percent + 2 >= field.length()) {
      throw new UnreadableRecord("an escape was cut off");
    }
    int high = Character.digit(field.charAt(percent + 1), 16);
    int low = Character.digit(field.charAt(percent + 2), 16);
    if (high < 0 || low < 0) {
      throw new UnreadableRecord("an escape in hexadecimal was expected");
    }
    return (char) (high << 4 | low);
  }

  private static String trimmed(StringBuilder text) {
    int end = text.length();
    while (text.charAt(end - 1) == '|') {
      end--;
    }
    return text.substring(0, end);
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
