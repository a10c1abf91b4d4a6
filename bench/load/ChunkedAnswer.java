import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a head with status 200 and a chunked body; the body's bytes go on as they come. */
final class ChunkedAnswer {
  private enum At {
    HEAD,
    SIZE,
    DATA,
    AFTER_DATA,
    LAST_LINE
  }

  private final Stream.Payload payload;
  private final StringBuilder line = new StringBuilder(128);
  private At at = At.HEAD;
  private boolean firstLine;
  private boolean chunked;
  private int left;

  ChunkedAnswer(Stream.Payload payload) {
    this.payload = payload;
  }

  void begin() {
    at = At.HEAD;
    firstLine = true;
    chunked = false;
    line.setLength(0);
  }

  /** True if the answer is complete. */
  boolean accept(ByteBuffer bytes, long now) throws IOException {
    while (bytes.hasRemaining()) {
      if (at == At.DATA) {
        data(bytes, now);
      } else if (lineEnded(bytes) && ended()) {
        if (bytes.hasRemaining()) {
          throw new IOException("bytes after the end of an answer");
        }
        return true;
      }
    }
    return false;
  }

  private void data(ByteBuffer bytes, long now) throws IOException {
    int limit = bytes.limit();
    int taken = Math.min(left, bytes.remaining());
    bytes.limit(bytes.position() + taken);
    payload.accept(bytes, now);
    bytes.limit(limit);
    left -= taken;
    if (left == 0) {
      at = At.AFTER_DATA;
    }
  }

  private boolean lineEnded(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      char next = (char) bytes.get();
      if (next == '\n') {
        return true;
      }
      if (next != '\r') {
        line.append(next);
      }
    }
    return false;
  }

  /** Acts on a line; true if it was the answer's last. */
  private boolean ended() throws IOException {
    At before = at;
    switch (at) {
      case HEAD -> headLine();
      case SIZE -> {
        left = Integer.parseInt(line, 0, line.length(), 16);
        at = left == 0 ? At.LAST_LINE : At.DATA;
      }
      case AFTER_DATA -> at = At.SIZE;
      default -> {}
    }
    line.setLength(0);
    return before == At.LAST_LINE;
  }

  private void headLine() throws IOException {
    if (firstLine) {
      firstLine = false;
      if (!line.toString().startsWith("HTTP/1.1 200 ")) {
        throw new IOException("an answer that is not 200: " + line);
      }
    } else if (line.isEmpty()) {
      if (!chunked) {
        throw new IOException("an answer that is not chunked");
      }
      at = At.SIZE;
    } else if (line.toString().equalsIgnoreCase("transfer-encoding: chunked")) {
      chunked = true;
    }
  }
}
