package io.sessionrouter.testing;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A socket that remembers all that was received on it. */
public final class TappedSocket extends Socket {
  private static final int RECORD_HEAD = 5;

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  public TappedSocket(InetAddress address, int port) throws IOException {
    super(address, port);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        int b = super.read();
        if (b >= 0) {
          received.write(b);
        }
        return b;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int count = super.read(to, offset, length);
        if (count > 0) {
          received.write(to, offset, count);
        }
        return count;
      }
    };
  }

  /** The content types of the TLS records so far. */
  public List<Integer> recordKinds() {
    byte[] bytes = received.toByteArray();
    List<Integer> kinds = new ArrayList<>();
    int at = 0;
    while (at + RECORD_HEAD <= bytes.length) {
      kinds.add((int) bytes[at]);
      at += RECORD_HEAD + ((bytes[at + 3] & 0xff) << 8 | (bytes[at + 4] & 0xff));
    }
    return kinds;
  }
}
