package io.sessionrouter.container;

import io.netty.util.AsciiString;
import java.util.SplittableRandom;

/** The shapes of names and session ids on the wire, and the making of request ids. */
public final class Ids {
  public static final int MAX_SESSION_ID = 256;
  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final int UUID_LENGTH = 36;

  private Ids() {}

  /** {@code ^[a-zA-Z0-9](-*[a-zA-Z0-9])*$}, at most that long. */
  public static boolean isName(CharSequence text, int maxLength) {
    int length = text.length();
    if (length == 0 || length > maxLength || text.charAt(0) == '-') {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!isNameCharacter(text.charAt(i))) {
        return false;
      }
    }
    return text.charAt(length - 1) != '-';
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }

  /** An id of UUID shape; it names a request in logs and needs not be hard to guess. */
  public static AsciiString requestId(SplittableRandom random) {
    byte[] text = new byte[UUID_LENGTH];
    long bits = 0;
    int left = 0;
    for (int i = 0; i < UUID_LENGTH; i++) {
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        text[i] = '-';
        continue;
      }
      if (left == 0) {
        bits = random.nextLong();
        left = 16;
      }
      text[i] = (byte) HEX[(int) bits & 0xf];
      bits >>>= 4;
      left--;
    }
    text[14] = '4';
    return new AsciiString(text, false);
  }
}
