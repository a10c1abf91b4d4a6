package io.sessionrouter.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The payload of a stream of {@code PayloadPart} events, each checked against its sums. */
final class EventPayload extends InputStream {
  private static final int PRELUDE = 12;
  private static final int SUM = 4;

  private final DataInputStream in;
  private byte[] part = {};
  private int position;

  EventPayload(InputStream events) {
    this.in = new DataInputStream(events);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int most) throws IOException {
    while (position == part.length) {
      byte[] prelude = in.readNBytes(PRELUDE);
      if (prelude.length == 0) {
        return -1;
      }
      part = partAfter(prelude);
      position = 0;
    }
    int count = Math.min(part.length - position, most);
    System.arraycopy(part, position, target, offset, count);
    position += count;
    return count;
  }

  private byte[] partAfter(byte[] prelude) throws IOException {
    assertThat(prelude).as("prelude of an event").hasSize(PRELUDE);
    ByteBuffer fields = ByteBuffer.wrap(prelude);
    int length = fields.getInt();
    int headers = fields.getInt();
    requireSum(fields.getInt(), prelude, PRELUDE - SUM);
    byte[] message = ByteBuffer.allocate(length).put(prelude).array();
    in.readFully(message, PRELUDE, length - PRELUDE);
    requireSum(ByteBuffer.wrap(message).getInt(length - SUM), message, length - SUM);
    assertThat(new String(message, PRELUDE, headers, US_ASCII)).contains("PayloadPart");
    return Arrays.copyOfRange(message, PRELUDE + headers, length - SUM);
  }

  private static void requireSum(int expected, byte[] bytes, int length) {
    CRC32 sum = new CRC32();
    sum.update(bytes, 0, length);
    assertThat((int) sum.getValue()).as("CRC32 of %d bytes", length).isEqualTo(expected);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
