package io.sessionrouter.container.artifact;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that gives no more than it is allowed to, step by step.
 *
 * <p>A small compressed file can hold a header of gigabytes, which a reader of archives collects in
 * memory; here it runs dry first.
 */
final class MeteredInput extends FilterInputStream {
  private long allowance;

  MeteredInput(InputStream in) {
    super(in);
  }

  /** From now on so many bytes, whatever was left. */
  void allow(long bytes) {
    allowance = bytes;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length > 0 && allowance <= 0) {
      throw new IOException("a header or a filling is too long");
    }
    int read = super.read(buffer, offset, (int) Math.min(length, allowance));
    allowance -= Math.max(0, read);
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = super.skip(Math.min(bytes, allowance));
    allowance -= skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
