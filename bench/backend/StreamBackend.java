import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A model container without a model that answers with streams: a chunk at once, and then one at
 * every interval, each with its number and the moment it was made. One thread; one loopback port
 * per instance.
 *
 * <p>Run as {@code java StreamBackend.java INSTANCES CHUNKS INTERVAL_MICROS BYTES}; prints the
 * ports it took as {@code PORTS p1 p2 …}. A session that arrives at an instance that did not open
 * it is answered 500. Streams that are due within the same millisecond go out one after the other,
 * as the tokens of a batch do.
 */
final class StreamBackend {
  private static final Duration SESSION_LIFE = Duration.ofHours(2);
  private static final byte[] STREAM_HEAD =
      ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
          .getBytes(ISO_8859_1);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

  private final Selector selector = Selector.open();
  private final ByteBuffer input = ByteBuffer.allocateDirect(64 * 1024);
  private final RequestHead head = new RequestHead();
  private final Map<String, Object> owners = new HashMap<>();

  /** Streams by when their next chunk is due: the interval is the same for all. */
  private final ArrayDeque<Connection> streams = new ArrayDeque<>();

  private final int chunks;
  private final long intervalNanos;
  private final Chunk chunk;

  private StreamBackend(int chunks, long intervalNanos, int bytes) throws IOException {
    this.chunks = chunks;
    this.intervalNanos = intervalNanos;
    this.chunk = new Chunk(bytes);
  }

  public static void main(String[] args) throws IOException {
    long interval = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(args[2]));
    var backend = new StreamBackend(Integer.parseInt(args[1]), interval, Integer.parseInt(args[3]));
    var ports = new StringBuilder("PORTS");
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      ports.append(' ').append(backend.listen());
    }
    System.out.println(ports);
    backend.run();
  }

  private int listen() throws IOException {
    var server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    return server.socket().getLocalPort();
  }

  private void run() throws IOException {
    while (true) {
      if (streams.isEmpty()) {
        selector.select(this::handle);
      } else {
        long wait = streams.peek().due - System.nanoTime();
        if (wait > 0) {
          selector.select(this::handle, (wait + 999_999) / 1_000_000);
        } else {
          selector.selectNow(this::handle);
        }
      }
      writeWhatIsDue();
    }
  }

  private void writeWhatIsDue() {
    long now = System.nanoTime();
    while (!streams.isEmpty() && streams.peek().due <= now) {
      Connection connection = streams.poll();
      try {
        writeNext(connection);
      } catch (IOException e) {
        connection.close();
      }
    }
  }

  private void writeNext(Connection connection) throws IOException {
    boolean first = connection.written == 0;
    boolean last = connection.written == chunks - 1;
    ByteBuffer piece = chunk.fill(connection.written, first ? STREAM_HEAD : null, last);
    connection.channel.write(piece);
    if (piece.hasRemaining()) {
      throw new IOException("the reader does not keep up");
    }
    connection.written++;
    if (last) {
      connection.written = -1;
    } else {
      connection.due = System.nanoTime() + intervalNanos;
      streams.add(connection);
    }
  }

  private void handle(SelectionKey key) {
    try {
      if (key.attachment() instanceof Connection connection) {
        read(connection);
      } else {
        accept((ServerSocketChannel) key.channel());
      }
    } catch (IOException e) {
      // A load generator that stops in the middle resets its connections.
      ((Connection) key.attachment()).close();
    }
  }

  private void accept(ServerSocketChannel server) throws IOException {
    SocketChannel channel = server.accept();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.register(selector, SelectionKey.OP_READ, new Connection(channel, server));
  }

  private void read(Connection connection) throws IOException {
    input.clear();
    if (connection.channel.read(input) < 0) {
      streams.remove(connection);
      connection.close();
      return;
    }
    if (connection.written >= 0) {
      throw new IOException("a request before the last one's answer was complete (pipelining)");
    }
    connection.append(input.flip());
    int end = connection.endOfHead();
    if (end > 0) {
      head.parse(connection.request, end);
      if (connection.requestBytes == end + head.contentLength) {
        connection.requestBytes = 0;
        answer(connection);
      }
    }
  }

  private void answer(Connection connection) throws IOException {
    if (head.chunked || !head.startsWith("POST /invocations ")) {
      boolean ping = head.startsWith("GET /ping ");
      connection.answer(ping ? 200 : 404, "", ping ? "" : "expected POST /invocations");
    } else if (head.opens) {
      open(connection);
    } else if (head.session != null && owners.get(head.session) != connection.instance) {
      connection.answer(500, "", "this instance did not open that session");
    } else {
      connection.written = 0;
      writeNext(connection);
    }
  }

  private void open(Connection connection) throws IOException {
    String id = UUID.randomUUID().toString();
    owners.put(id, connection.instance);
    Instant expires = Instant.now().plus(SESSION_LIFE).truncatedTo(ChronoUnit.SECONDS);
    String header = "X-Amzn-SageMaker-Session-Id: " + id + "; Expires=" + expires + "\r\n";
    connection.answer(200, header, "{}");
  }

  /** One client connection, with the request or the stream it is in the middle of. */
  private static final class Connection {
    final SocketChannel channel;
    final Object instance;
    final byte[] request = new byte[32 * 1024];
    int requestBytes;

    /** Chunks of the current stream so far; -1 if there is none. */
    int written = -1;

    long due;

    Connection(SocketChannel channel, Object instance) {
      this.channel = channel;
      this.instance = instance;
    }

    void append(ByteBuffer bytes) throws IOException {
      int more = bytes.remaining();
      if (more > request.length - requestBytes) {
        throw new IOException("a request over " + request.length + " bytes");
      }
      bytes.get(request, requestBytes, more);
      requestBytes += more;
    }

    int endOfHead() {
      for (int i = 3; i < requestBytes; i++) {
        if (request[i] == '\n' && request[i - 1] == '\r' && request[i - 2] == '\n') {
          return i + 1;
        }
      }
      return -1;
    }

    void answer(int status, String headers, String body) throws IOException {
      String start = "HTTP/1.1 " + status + " -\r\nContent-Type: application/json\r\n";
      String all = start + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
      channel.write(ByteBuffer.wrap(all.getBytes(ISO_8859_1)));
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        System.err.println("close failed: " + e);
      }
    }
  }

  /** A chunk whose numbers are filled in: {@code data:{"n":0000000,"at":0…0,"pad":"…"}}. */
  private static final class Chunk {
    private static final String START = "data:{\"n\":0000000,\"at\":0000000000000000000,\"pad\":\"";
    private static final String END = "\"}\n\n";
    private static final int NUMBER = START.indexOf("0000000,");
    private static final int TIME = START.indexOf("0000000000000000000");

    private final byte[] framed;
    private final int start;
    private final ByteBuffer buffer;

    Chunk(int bytes) {
      int padding = bytes - START.length() - END.length();
      if (padding < 0) {
        throw new IllegalArgumentException(
            "chunks of " + bytes + " bytes (expected: >= " + (bytes - padding) + ")");
      }
      String size = Integer.toHexString(bytes) + "\r\n";
      framed = (size + START + "a".repeat(padding) + END + "\r\n").getBytes(ISO_8859_1);
      start = size.length();
      buffer = ByteBuffer.allocateDirect(framed.length + STREAM_HEAD.length + LAST_CHUNK.length);
    }

    ByteBuffer fill(int number, byte[] before, boolean last) {
      digits(start + NUMBER, 7, number);
      digits(start + TIME, 19, System.nanoTime());
      buffer.clear();
      if (before != null) {
        buffer.put(before);
      }
      buffer.put(framed);
      if (last) {
        buffer.put(LAST_CHUNK);
      }
      return buffer.flip();
    }

    private void digits(int at, int count, long value) {
      long rest = value;
      for (int i = at + count - 1; i >= at; i--) {
        framed[i] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }
  }
}
