package io.sessionrouter.auth.signature;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The headers that a signature covers. */
final class SignedHeaders {
  private static final String MUST_BE_SIGNED = "x-amz-";

  private final String text;
  private final String[] names;

  private SignedHeaders(String text, String[] names) {
    this.text = text;
    this.names = names;
  }

  /** Reads their list, which is sorted, in lower case, and separated by semicolons. */
  static SignedHeaders parse(String text) {
    String[] names = text.split(";", -1);
    for (int i = 0; i < names.length; i++) {
      boolean ordered = i == 0 || names[i].compareTo(names[i - 1]) > 0;
      if (!ordered || names[i].isEmpty() || !isLowerCase(names[i])) {
        throw Refusals.invalid(
            "'SignedHeaders' must be sorted, in lower case, and separated by ';', got '"
                + text
                + "'.");
      }
    }
    return new SignedHeaders(text, names);
  }

  private static boolean isLowerCase(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c > '~' || (c >= 'A' && c <= 'Z') || c == ':') {
        return false;
      }
    }
    return true;
  }

  /** Refuses a head of which others could have changed what counts. */
  void requireComplete(HttpHeaders headers) {
    if (!covers("host")) {
      throw Refusals.invalid(
          "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    }
    Iterator<Map.Entry<CharSequence, CharSequence>> each = headers.iteratorCharSequence();
    while (each.hasNext()) {
      CharSequence name = each.next().getKey();
      if (mustBeSigned(name) && !covers(name.toString().toLowerCase(Locale.ROOT))) {
        throw Refusals.invalid("'" + name + "' must be a 'SignedHeader' in the AWS Authorization.");
      }
    }
  }

  private static boolean mustBeSigned(CharSequence name) {
    return AsciiString.regionMatches(name, true, 0, MUST_BE_SIGNED, 0, MUST_BE_SIGNED.length());
  }

  private boolean covers(String name) {
    return Arrays.binarySearch(names, name) >= 0;
  }

  /** Their lines of the canonical request, and behind them their names. */
  void appendTo(StringBuilder canonical, HttpHeaders headers) {
    for (String name : names) {
      List<String> values = headers.getAll(name);
      if (values.isEmpty()) {
        throw Refusals.invalid(
            "'" + name + "' is a 'SignedHeader', and the request has no such header.");
      }
      char separator = ':';
      canonical.append(name);
      for (String value : values) {
        appendValue(canonical.append(separator), value);
        separator = ',';
      }
      canonical.append('\n');
    }
    canonical.append('\n').append(text).append('\n');
  }

  /** Without blanks at its ends, and with one in place of several. */
  private static void appendValue(StringBuilder canonical, String value) {
    int start = canonical.length();
    boolean blank = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == ' ' || (c >= '\t' && c <= '\r')) {
        blank = true;
        continue;
      }
      if (blank && canonical.length() > start) {
        canonical.append(' ');
      }
      blank = false;
      canonical.append(c);
    }
  }
}
