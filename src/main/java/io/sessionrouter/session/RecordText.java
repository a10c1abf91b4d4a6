package io.sessionrouter.session;

import java.util.ArrayList;
import java.util.List;

/** The fields that the texts of records are made of: between bars, numbers in base 36. */
final class RecordText {
  private static final int RADIX = 36;

  private RecordText() {}

  static List<String> split(String text) {
    List<String> fields = new ArrayList<>();
    int from = 0;
    for (int bar = text.indexOf('|'); bar >= 0; bar = text.indexOf('|', from)) {
      fields.add(text.substring(from, bar));
      from = bar + 1;
    }
    fields.add(text.substring(from));
    return fields;
  }

  static long number(String text) {
    try {
      return Long.parseLong(text, RADIX);
    } catch (NumberFormatException e) {
      throw new UnreadableRecord("a number in base 36 was expected");
    }
  }

  static long after(long created, long millis) {
    try {
      return Math.addExact(created, millis);
    } catch (ArithmeticException e) {
      throw new UnreadableRecord("a time beyond all times");
    }
  }

  static String base36(long number) {
    return Long.toString(number, RADIX);
  }

  static void field(StringBuilder text, String value) {
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

  /** The text of a field, which is empty where it was left out. */
  static String text(List<String> fields, int at) {
    return at < fields.size() ? unescape(fields.get(at)) : "";
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

  /** Empty fields at the end are left out. */
  static String trimmed(StringBuilder text) {
    int end = text.length();
    while (text.charAt(end - 1) == '|') {
      end--;
    }
    return text.substring(0, end);
  }
}
