package io.sessionrouter.gateway;

/** Which bytes may stand where in HTTP/1.1, as RFC 9110, 9112 and 3986 have it. */
final class Grammar {
  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte HOST = 8;
  private static final byte[] ALLOWED = new byte[256];

  static {
    allow("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", TOKEN | TARGET | HOST);
    allow("!#$%&'*+-.^_`|~", TOKEN);
    allow("-._~%!$&'()*+,;=", TARGET | HOST);
    allow(":@/?[]", TARGET);
    for (int octet = 0; octet < ALLOWED.length; octet++) {
      boolean control = (octet < ' ' && octet != '\t') || octet == 0x7f;
      ALLOWED[octet] |= control ? 0 : VALUE;
    }
  }

  private Grammar() {}

  private static void allow(String characters, int kind) {
    for (int i = 0; i < characters.length(); i++) {
      ALLOWED[characters.charAt(i)] |= (byte) kind;
    }
  }

  /** In a method, a field's name, a chunk extension's name. */
  static boolean token(byte octet) {
    return (ALLOWED[octet & 0xff] & TOKEN) != 0;
  }

  /** In a field's value: visible, blank, or beyond ASCII. */
  static boolean value(byte octet) {
    return (ALLOWED[octet & 0xff] & VALUE) != 0;
  }

  /** In a request's target: a URI without a fragment. */
  static boolean target(byte octet) {
    return (ALLOWED[octet & 0xff] & TARGET) != 0;
  }

  static boolean blank(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  /** The value of a hexadecimal digit, or -1 if it is none. */
  static int hex(byte octet) {
    return octet < 0 ? -1 : Character.digit(octet, 16);
  }

  /** {@code uri-host [ ":" port ]}; an empty name is none. */
  static boolean host(String value) {
    int end = value.startsWith("[") ? addressEnd(value) : nameEnd(value);
    return end > 0 && (end == value.length() || (value.charAt(end) == ':' && port(value, end + 1)));
  }

  private static int nameEnd(String value) {
    int end = 0;
    while (end < value.length() && value.charAt(end) != ':') {
      char c = value.charAt(end);
      if (c > 0x7f || (ALLOWED[c] & HOST) == 0 || (c == '%' && !escape(value, end))) {
        return -1;
      }
      end++;
    }
    return end;
  }

  private static boolean escape(String value, int at) {
    return at + 2 < value.length()
        && hex((byte) value.charAt(at + 1)) >= 0
        && hex((byte) value.charAt(at + 2)) >= 0;
  }

  /** An IPv6 address in brackets, by its characters. */
  private static int addressEnd(String value) {
    int end = value.indexOf(']');
    boolean colons = false;
    for (int i = 1; i < end; i++) {
      char c = value.charAt(i);
      colons |= c == ':';
      if (c > 0x7f || (c != ':' && c != '.' && hex((byte) c) < 0)) {
        return -1;
      }
    }
    return colons ? end + 1 : -1;
  }

  private static boolean port(String value, int from) {
    for (int i = from; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return false;
      }
    }
    return value.length() - from <= 5;
  }
}
