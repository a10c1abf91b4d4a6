package io.sessionrouter.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/** What tells a long body from any other. */
record Checksum(long length, long crc) {

  /** Of everything that is left in the stream; reads it to its end. */
  static Checksum of(InputStream in) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32C());
    long length = checked.transferTo(OutputStream.nullOutputStream());
    return new Checksum(length, checked.getChecksum().getValue());
  }

  static Checksum ofPattern(long length) throws IOException {
    return of(new Pattern(length));
  }
}
