import java.io.IOException;
import java.nio.ByteBuffer;

/** The chunks of a stream, put together again: none missing, none twice, each with its delay. */
final class Records implements Stream.Payload {
  private static final String START = "data:{\"n\":";
  private static final int NUMBER = START.length();
  private static final int TIME = NUMBER + "0000000,\"at\":".length();

  private final int expected;
  private final Measured measured;
  private final ByteBuffer record;
  private int seen;

  Records(int expected, int bytes, Measured measured) {
    this.expected = expected;
    this.measured = measured;
    this.record = ByteBuffer.allocate(bytes);
  }

  void begin() {
    seen = 0;
    record.clear();
  }

  @Override
  public void accept(ByteBuffer bytes, long now) throws IOException {
    while (bytes.hasRemaining()) {
      int more = Math.min(bytes.remaining(), record.remaining());
      record.put(record.position(), bytes, bytes.position(), more);
      record.position(record.position() + more);
      bytes.position(bytes.position() + more);
      if (!record.hasRemaining()) {
        complete(now);
        record.clear();
      }
    }
  }

  private void complete(long now) throws IOException {
    if (digits(NUMBER, 7) != seen || record.get(record.limit() - 1) != '\n') {
      throw new IOException("a chunk that is not the next, after " + this);
    }
    seen++;
    measured.chunk(now, now - digits(TIME, 19));
  }

  private long digits(int at, int count) {
    long value = 0;
    for (int i = at; i < at + count; i++) {
      value = value * 10 + (record.get(i) - '0');
    }
    return value;
  }

  void requireComplete() throws IOException {
    if (seen != expected || record.position() != 0) {
      throw new IOException("a stream that ended after " + this);
    }
  }

  @Override
  public String toString() {
    return "%d of %d chunks".formatted(seen, expected);
  }
}
