package io.sessionrouter.telemetry;

import java.io.Writer;
import java.util.Arrays;

/**
 * A writer into memory for one thread: the format of metrics is written character by character, for
 * each of which a {@link java.io.StringWriter} takes a lock.
 */
final class TextWriter extends Writer {
  private static final int MIN_CAPACITY = 1 << 14;

  private char[] chars;
  private int length;

  /**
   * @param expected how long the text will be, roughly
   */
  TextWriter(int expected) {
    chars = new char[Math.max(MIN_CAPACITY, expected)];
  }

  int length() {
    return length;
  }

  @Override
  public void write(int c) {
    reserve(1);
    chars[length++] = (char) c;
  }

  @Override
  public void write(char[] from, int offset, int count) {
    reserve(count);
    System.arraycopy(from, offset, chars, length, count);
    length += count;
  }

  @Override
  public void write(String text, int offset, int count) {
    reserve(count);
    text.getChars(offset, offset + count, chars, length);
    length += count;
  }

  private void reserve(int count) {
    if (count > chars.length - length) {
      chars = Arrays.copyOf(chars, Math.max(2 * chars.length, length + count));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /** What was written. */
  @Override
  public String toString() {
    return new String(chars, 0, length);
  }
}
