package io.sessionrouter.e2e;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes in which every block is another one, so that none can get lost or swapped unnoticed. */
final class Pattern extends InputStream {
  private static final int BLOCK = 64 * 1024;

  private final long length;
  private final AtomicLong position = new AtomicLong();
  private final ByteBuffer block = ByteBuffer.allocate(BLOCK);

  Pattern(long length) {
    this.length = length;
    for (int i = 0; i < BLOCK; i++) {
      block.put(i, (byte) (i * 31));
    }
  }

  /** Bytes that were read from it; may be asked by any thread. */
  long position() {
    return position.get();
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int most) {
    long at = position.get();
    if (at == length) {
      return -1;
    }
    int inBlock = (int) (at % BLOCK);
    int count = (int) Math.min(Math.min(most, BLOCK - inBlock), length - at);
    block.putLong(0, at / BLOCK).get(inBlock, target, offset, count);
    position.addAndGet(count);
    return count;
  }
}
