import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One connection, on which one stream follows the other; each must be complete and in order. */
final class Stream {
  private final SocketChannel channel;
  private final ByteBuffer request;
  private final long due;
  private final Measured measured;
  private final ChunkedAnswer answer;
  private final Records records;
  private long sentAt;
  private boolean awaitsFirstByte;

  Stream(
      SocketChannel channel, String request, long due, StreamLoad.Plan plan, Measured measured)
      throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.channel = channel;
    this.request = ByteBuffer.wrap(request.getBytes(ISO_8859_1));
    this.due = due;
    this.measured = measured;
    this.records = new Records(plan.chunks(), plan.bytes(), measured);
    this.answer = new ChunkedAnswer(plan.events() ? new Events(records) : records);
  }

  /** When the first stream shall begin. */
  long due() {
    return due;
  }

  void begin() throws IOException {
    records.begin();
    answer.begin();
    request.rewind();
    awaitsFirstByte = true;
    sentAt = System.nanoTime();
    channel.write(request);
    if (request.hasRemaining()) {
      throw new IOException("a request was not taken whole");
    }
  }

  /** True if the stream is complete. */
  boolean read(ByteBuffer input) throws IOException {
    input.clear();
    int read = channel.read(input);
    if (read < 0) {
      throw new IOException("the connection was closed in mid-stream, after " + records);
    }
    long now = System.nanoTime();
    if (awaitsFirstByte && read > 0) {
      awaitsFirstByte = false;
      measured.firstByte(now, now - sentAt);
    }
    boolean ended = answer.accept(input.flip(), now);
    if (ended) {
      records.requireComplete();
    }
    return ended;
  }

  /** Takes the payload of a stream as it comes. */
  interface Payload {
    void accept(ByteBuffer bytes, long now) throws IOException;
  }
}
