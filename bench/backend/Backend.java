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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A model container without a model: the SageMaker session contract on several loopback ports, one
 * instance each, all on one thread, so that it takes as little of the machine as possible from the
 * proxy that is being measured.
 *
 * <p>Run as {@code java Backend.java INSTANCES}; prints the ports it took as {@code PORTS p1 p2 …}.
 * The size of a reply's body comes from {@code X-Amzn-SageMaker-Custom-Attributes: reply=BYTES}. A
 * session that arrives at an instance that did not open it is answered 500 and counted.
 */
final class Backend {
  private static final int READ_BYTES = 256 * 1024;
  private static final Duration SESSION_LIFE = Duration.ofHours(2);
  private static final DateTimeFormatter EXPIRES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private final Selector selector = Selector.open();
  private final ByteBuffer input = ByteBuffer.allocateDirect(READ_BYTES);
  private final Map<String, Instance> owners = new HashMap<>();
  private final Map<Integer, ByteBuffer> replies = new HashMap<>();
  private final RequestHead head = new RequestHead();

  private Backend() throws IOException {}

  public static void main(String[] args) throws IOException {
    int instances = args.length == 0 ? 2 : Integer.parseInt(args[0]);
    var backend = new Backend();
    var ports = new StringBuilder("PORTS");
    for (int i = 0; i < instances; i++) {
      ports.append(' ').append(backend.listen());
    }
    System.out.println(ports);
    backend.run();
  }

  private int listen() throws IOException {
    var server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT, new Instance());
    return server.socket().getLocalPort();
  }

  private void run() throws IOException {
    while (true) {
      selector.select(this::handle);
    }
  }

  private void handle(SelectionKey key) {
    try {
      if (key.attachment() instanceof Instance instance) {
        accept((ServerSocketChannel) key.channel(), instance);
      } else {
        serve((Connection) key.attachment());
      }
    } catch (IOException e) {
      // A load generator that stops in the middle of an answer resets its connections.
      close(key);
    }
  }

  private void accept(ServerSocketChannel server, Instance instance) throws IOException {
    SocketChannel channel = server.accept();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    key.attach(new Connection(key, channel, instance));
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      System.err.println("close failed: " + e);
    }
  }

  private void serve(Connection connection) throws IOException {
    if (connection.output != null) {
      connection.flush();
      return;
    }
    input.clear();
    if (connection.channel.read(input) < 0) {
      close(connection.key);
      return;
    }
    input.flip();
    while (input.hasRemaining()) {
      consume(connection);
    }
  }

  /** Takes the next piece of a request: what is left of its body, or a head. */
  private void consume(Connection connection) throws IOException {
    if (connection.output != null) {
      throw new IOException("a request before the last one's answer was read (pipelining)");
    }
    if (connection.answer == null) {
      connection.appendHead(input);
      int end = connection.endOfHead();
      if (end < 0) {
        return;
      }
      input.position(input.position() - (connection.headBytes - end));
      connection.headBytes = 0;
      head.parse(connection.head, end);
      connection.bodyLeft = head.contentLength;
      connection.answer = answer(connection.instance);
    }
    int skipped = (int) Math.min(connection.bodyLeft, input.remaining());
    input.position(input.position() + skipped);
    connection.bodyLeft -= skipped;
    if (connection.bodyLeft == 0) {
      connection.send();
    }
  }

  private ByteBuffer answer(Instance instance) {
    if (head.chunked) {
      return text(501, "", "this backend reads bodies with a Content-Length only");
    }
    if (head.startsWith("POST /invocations ")) {
      return invoke(instance);
    }
    if (head.startsWith("GET /ping ")) {
      return text(200, "", "");
    }
    return head.startsWith("GET /counters ")
        ? text(200, "", instance.toJson())
        : text(404, "", "expected POST /invocations, GET /ping or GET /counters");
  }

  private ByteBuffer invoke(Instance instance) {
    instance.requests++;
    if (head.opens) {
      return open(instance);
    }
    if (head.session != null && owners.get(head.session) != instance) {
      instance.misrouted++;
      return text(500, "", "this instance did not open that session");
    }
    return replies.computeIfAbsent(head.replyBytes, Backend::reply).duplicate();
  }

  private ByteBuffer open(Instance instance) {
    String id = UUID.randomUUID().toString();
    owners.put(id, instance);
    instance.opened++;
    String expires = EXPIRES.format(Instant.now().plus(SESSION_LIFE));
    String header = "X-Amzn-SageMaker-Session-Id: " + id + "; Expires=" + expires + "\r\n";
    return text(200, header, "{}");
  }

  private static ByteBuffer reply(int bytes) {
    String frame = "{\"generated_text\":\"\"}";
    String filling = "a".repeat(Math.max(0, bytes - frame.length()));
    byte[] all = bytes(200, "", frame.replace("\"\"", '"' + filling + '"'));
    return ByteBuffer.allocateDirect(all.length).put(all).flip();
  }

  private static ByteBuffer text(int status, String headers, String body) {
    return ByteBuffer.wrap(bytes(status, headers, body));
  }

  private static byte[] bytes(int status, String headers, String body) {
    String head = "HTTP/1.1 " + status + " -\r\nContent-Type: application/json\r\n" + headers;
    String all = head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    return all.getBytes(ISO_8859_1);
  }

  /** One model container: a port and what was counted on it. */
  private static final class Instance {
    long requests;
    long opened;
    long misrouted;

    String toJson() {
      return "{\"requests\":%d,\"opened\":%d,\"misrouted\":%d}"
          .formatted(requests, opened, misrouted);
    }
  }

  /** One client connection and the request it is in the middle of. */
  private static final class Connection {
    final SelectionKey key;
    final SocketChannel channel;
    final Instance instance;
    final byte[] head = new byte[16 * 1024];
    int headBytes;
    long bodyLeft;
    ByteBuffer answer;
    ByteBuffer output;

    Connection(SelectionKey key, SocketChannel channel, Instance instance) {
      this.key = key;
      this.channel = channel;
      this.instance = instance;
    }

    void appendHead(ByteBuffer input) throws IOException {
      int more = Math.min(input.remaining(), head.length - headBytes);
      if (more == 0) {
        throw new IOException("request head over " + head.length + " bytes");
      }
      input.get(head, headBytes, more);
      headBytes += more;
    }

    int endOfHead() {
      for (int i = 3; i < headBytes; i++) {
        if (head[i] == '\n' && head[i - 1] == '\r' && head[i - 2] == '\n') {
          return i + 1;
        }
      }
      return -1;
    }

    void send() throws IOException {
      output = answer;
      answer = null;
      flush();
    }

    void flush() throws IOException {
      channel.write(output);
      boolean done = !output.hasRemaining();
      if (done) {
        output = null;
      }
      int wanted = done ? SelectionKey.OP_READ : SelectionKey.OP_WRITE;
      if (key.interestOps() != wanted) {
        key.interestOps(wanted);
      }
    }
  }
}
