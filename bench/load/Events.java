import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Takes the payload out of {@code application/vnd.amazon.eventstream}, checking every sum. */
final class Events implements Stream.Payload {
  private static final int PRELUDE = 12;
  private static final int SUM = 4;

  private final Stream.Payload payload;
  private final CRC32 sum = new CRC32();
  private ByteBuffer message = ByteBuffer.allocate(4096).limit(PRELUDE);

  Events(Stream.Payload payload) {
    this.payload = payload;
  }

  @Override
  public void accept(ByteBuffer bytes, long now) throws IOException {
    while (bytes.hasRemaining()) {
      int more = Math.min(bytes.remaining(), message.remaining());
      message.put(message.position(), bytes, bytes.position(), more);
      message.position(message.position() + more);
      bytes.position(bytes.position() + more);
      if (!message.hasRemaining()) {
        filled(now);
      }
    }
  }

  private void filled(long now) throws IOException {
    int length = message.getInt(0);
    if (message.limit() == PRELUDE) {
      require(PRELUDE - SUM);
      grow(length);
    } else {
      require(length - SUM);
      int begin = PRELUDE + message.getInt(4);
      payload.accept(message.slice(begin, length - SUM - begin), now);
      message.clear().limit(PRELUDE);
    }
  }

  private void grow(int length) {
    if (message.capacity() < length) {
      message = ByteBuffer.allocate(length).put(message.flip());
    }
    message.limit(length);
  }

  private void require(int position) throws IOException {
    sum.reset();
    sum.update(message.array(), 0, position);
    if ((int) sum.getValue() != message.getInt(position)) {
      throw new IOException("an event whose sum is wrong");
    }
  }
}
