package io.sessionrouter.auth.signature;

/** Percent-encoding as signatures have it: all but letters, digits and {@code -._~}. */
final class UriText {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();
  private static final boolean[] PLAIN = new boolean[128];

  static {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        .chars()
        .forEach(c -> PLAIN[c] = true);
  }

  private UriText() {}

  /** Encodes a text whose characters are octets, slashes excepted. */
  static void appendEncoded(StringBuilder to, String text, int start, int end) {
    for (int i = start; i < end; i++) {
      append(to, text.charAt(i), true);
    }
  }

  /** Decodes what is encoded, and encodes it in the one way that is signed. */
  static void appendNormal(
      StringBuilder to, String text, int start, int end, boolean slashesExcepted) {
    int i = start;
    while (i < end) {
      char c = text.charAt(i);
      int octet = c == '%' ? octet(text, i + 1, end) : -1;
      append(to, octet < 0 ? c : (char) octet, slashesExcepted && octet < 0);
      i += octet < 0 ? 1 : 3;
    }
  }

  static String decoded(String text, int start, int end) {
    StringBuilder decoded = new StringBuilder(end - start);
    int i = start;
    while (i < end) {
      int octet = text.charAt(i) == '%' ? octet(text, i + 1, end) : -1;
      decoded.append(octet < 0 ? text.charAt(i) : (char) octet);
      i += octet < 0 ? 1 : 3;
    }
    return decoded.toString();
  }

  private static int octet(String text, int at, int end) {
    if (at + 1 >= end) {
      return -1;
    }
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  private static void append(StringBuilder to, char c, boolean slashExcepted) {
    if ((c < PLAIN.length && PLAIN[c]) || (c == '/' && slashExcepted)) {
      to.append(c);
    } else {
      to.append('%').append(HEX[(c >> 4) & 0xf]).append(HEX[c & 0xf]);
    }
  }
}
