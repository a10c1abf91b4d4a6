import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Reads many response streams at the same time, on one thread, and measures how late their chunks
 * are: each has the time when it was made, by the clock of this machine.
 *
 * <p>Run as {@code java StreamLoad.java}; each line on standard input is a run, {@link Plan}, and
 * is answered by one line: {@code RESULT {json}} or {@code FAILED reason}. One process for all runs,
 * so that its code is compiled after the first ones.
 *
 * <p>The streams begin spread over the length of one. From when the last has begun, for the seconds
 * of the plan, all of them run and all that arrives is measured; a stream that ends is followed by
 * the next on its connection. Then every stream is read to its end.
 */
final class StreamLoad {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Plan plan;
  private final Selector selector = Selector.open();
  private final ByteBuffer input = ByteBuffer.allocateDirect(256 * 1024);
  private final ArrayDeque<Stream> waiting = new ArrayDeque<>();
  private final Measured measured = new Measured();
  private final long begin = System.nanoTime();
  private final long from;
  private final long until;
  private int open;

  private StreamLoad(Plan plan) throws IOException {
    this.plan = plan;
    from = begin + plan.length();
    until = from + TimeUnit.SECONDS.toNanos(plan.seconds());
    measured.window(from, until);
  }

  public static void main(String[] args) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      try {
        System.out.println("RESULT " + new StreamLoad(Plan.parse(line)).run());
      } catch (IOException | RuntimeException e) {
        System.out.println("FAILED " + e);
      }
    }
  }

  private String run() throws IOException {
    List<String> sessions = Files.readAllLines(plan.sessions());
    for (int i = 0; i < plan.streams(); i++) {
      waiting.add(connect(sessions.get(i), begin + i * plan.length() / plan.streams()));
    }
    open = plan.streams();
    try {
      while (open > 0) {
        beginWhatIsDue();
        selector.select(this::read, waitMillis());
        requireProgress();
      }
    } finally {
      for (SelectionKey key : List.copyOf(selector.keys())) {
        key.channel().close();
      }
      selector.close();
    }
    return measured.toJson();
  }

  private Stream connect(String session, long due) throws IOException {
    SocketChannel channel = SocketChannel.open(new InetSocketAddress(plan.host(), plan.port()));
    channel.configureBlocking(false);
    Stream stream = new Stream(channel, plan.request(session), due, plan, measured);
    channel.register(selector, SelectionKey.OP_READ, stream);
    return stream;
  }

  private void beginWhatIsDue() throws IOException {
    while (!waiting.isEmpty() && waiting.peek().due() <= System.nanoTime()) {
      waiting.poll().begin();
    }
  }

  private long waitMillis() {
    long wait = waiting.isEmpty() ? PATIENCE : waiting.peek().due() - System.nanoTime();
    return Math.max(1, (wait + 999_999) / 1_000_000);
  }

  private void read(SelectionKey key) {
    Stream stream = (Stream) key.attachment();
    try {
      if (stream.read(input)) {
        ended(stream, key);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private void ended(Stream stream, SelectionKey key) throws IOException {
    if (System.nanoTime() < until) {
      stream.begin();
    } else {
      key.channel().close();
      open--;
    }
  }

  private void requireProgress() throws IOException {
    if (System.nanoTime() > until + 2 * plan.length() + PATIENCE) {
      throw new IOException(open + " streams did not end");
    }
  }

  /**
   * What a run does.
   *
   * @param events whether payloads come in events
   * @param chunks of one stream
   * @param bytes of one chunk
   * @param sessions a file of session ids, one a line
   */
  record Plan(
      String host,
      int port,
      String path,
      boolean events,
      int streams,
      int seconds,
      int chunks,
      long intervalNanos,
      int bytes,
      Path sessions) {

    static Plan parse(String line) {
      String[] words = line.split(" ");
      return new Plan(
          words[0],
          Integer.parseInt(words[1]),
          words[2],
          words[3].equals("events"),
          Integer.parseInt(words[4]),
          Integer.parseInt(words[5]),
          Integer.parseInt(words[6]),
          TimeUnit.MICROSECONDS.toNanos(Long.parseLong(words[7])),
          Integer.parseInt(words[8]),
          Path.of(words[9]));
    }

    /** How long one stream takes. */
    long length() {
      return chunks * intervalNanos;
    }

    String request(String session) {
      String body = "{\"inputs\":\"" + "x".repeat(1024 - 13) + "\"}";
      return "POST %s HTTP/1.1\r\nHost: %s:%d\r\n".formatted(path, host, port)
          + "Content-Type: application/json\r\nAccept: text/event-stream\r\n"
          + "X-Amzn-SageMaker-Session-Id: " + session + "\r\n"
          + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
  }
}
