package io.sessionrouter.container.text;

import java.util.Arrays;

/** A growing array of token ids. */
public final class LongBuffer {
  private long[] values;
  private int size;

  /** Nothing yet. */
  public LongBuffer() {
    this(new long[64], 0);
  }

  /** Begins with these, which belong to it from now on. */
  public LongBuffer(long[] first) {
    this(first, first.length);
  }

  private LongBuffer(long[] values, int size) {
    this.values = values;
    this.size = size;
  }

  /** Adds one. */
  public void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.max(64, size * 2));
    }
    values[size++] = value;
  }

  /** Adds all of these. */
  void addAll(long[] more) {
    if (size + more.length > values.length) {
      values = Arrays.copyOf(values, Math.max(size + more.length, size * 2));
    }
    System.arraycopy(more, 0, values, size, more.length);
    size += more.length;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** Those from one position up to another. */
  public long[] range(int from, int until) {
    return Arrays.copyOfRange(values, from, Math.min(until, size));
  }

  /** Those from a position on. */
  public long[] from(int position) {
    return range(position, size);
  }

  /** All of them. */
  public long[] toArray() {
    return from(0);
  }
}
