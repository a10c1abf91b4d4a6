package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.sessionrouter.domain.RouterException;

/**
 * The line before a chunk: {@code 1*HEXDIG}, then extensions or nothing. What extensions say is
 * left aside, but not that they are none.
 */
final class ChunkLine {
  private static final int MAX_LENGTH = 4 * 1024;
  private static final byte CR = '\r';

  private final byte[] bytes;
  private final int end;
  private int at;

  private ChunkLine(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  /**
   * Takes a line from the reader's index.
   *
   * @param scratch what is read is put there
   * @return the chunk's size, or -1 if the line is not whole
   */
  static long take(ByteBuf in, byte[] scratch) throws RouterException {
    int lf = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
    int length = lf < 0 ? in.readableBytes() : lf - in.readerIndex();
    if (length > MAX_LENGTH) {
      throw malformed();
    }
    if (lf < 0) {
      return -1;
    }
    in.readBytes(scratch, 0, length + 1);
    return new ChunkLine(scratch, length).read();
  }

  private long read() {
    long size = size();
    while (byteAt() != CR) {
      extension();
    }
    if (at != end - 1) {
      throw malformed();
    }
    return size;
  }

  private long size() {
    int start = at;
    long size = 0;
    int digit = Grammar.hex(byteAt());
    while (digit >= 0) {
      size = size << 4 | digit;
      if (size > Integer.MAX_VALUE) {
        throw malformed();
      }
      at++;
      digit = Grammar.hex(byteAt());
    }
    if (at == start) {
      throw malformed();
    }
    return size;
  }

  private void extension() {
    blanks();
    require(';');
    blanks();
    token();
    int after = at;
    blanks();
    if (byteAt() == '=') {
      at++;
      blanks();
      if (byteAt() == '"') {
        quoted();
      } else {
        token();
      }
    } else {
      at = after;
    }
  }

  private void blanks() {
    while (Grammar.blank(byteAt())) {
      at++;
    }
  }

  private void token() {
    int start = at;
    while (Grammar.token(byteAt())) {
      at++;
    }
    if (at == start) {
      throw malformed();
    }
  }

  private void quoted() {
    at++;
    while (byteAt() != '"') {
      if (byteAt() == '\\') {
        at++;
      }
      if (!Grammar.value(byteAt())) {
        throw malformed();
      }
      at++;
    }
    at++;
  }

  private void require(char expected) {
    if (byteAt() != expected) {
      throw malformed();
    }
    at++;
  }

  /** The line feed at the end is in no set of bytes, so nothing reads beyond it. */
  private byte byteAt() {
    return bytes[at];
  }

  private static RouterException malformed() {
    return Framing.malformed("chunks of SIZE CR LF DATA CR LF, the size in hexadecimal");
  }
}
