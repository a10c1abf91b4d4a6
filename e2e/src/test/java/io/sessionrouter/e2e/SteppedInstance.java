package io.sessionrouter.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sessionrouter.local.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An instance with sessions whose streams go on step by step, and end, when the test says so.
 *
 * <p>A stream has a line for its beginning, one for each step, and one for its end.
 */
final class SteppedInstance implements AutoCloseable {
  /** What a request says to get a stream; the answer to anything else comes at once. */
  static final String STREAM = "stream";

  static final String BEGIN = "begin";
  static final String STEP = "step";
  static final String END = "end";

  private static final String SESSION = "X-Amzn-SageMaker-Session-Id";
  private static final int GONE = 410;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger running = new AtomicInteger();
  private final HttpServer server;
  private int steps;
  private int ends;

  private SteppedInstance(HttpServer server) {
    this.server = server;
  }

  static SteppedInstance start() throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    SteppedInstance instance = new SteppedInstance(HttpServer.create(address, 0));
    instance.server.setExecutor(instance.threads);
    instance.server.createContext("/ping", exchange -> answer(exchange, 200));
    instance.server.createContext("/invocations", instance::invoke);
    instance.server.start();
    return instance;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Streams that have begun and not ended. */
  int running() {
    return running.get();
  }

  /** Every stream that runs sends one line more. */
  synchronized void step() {
    steps++;
    notifyAll();
  }

  /** Every stream that runs sends its last line. */
  synchronized void end() {
    ends++;
    notifyAll();
  }

  private void invoke(HttpExchange exchange) throws IOException {
    String said = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String session = exchange.getRequestHeaders().getFirst(SESSION);
    if ("new".equals(exchange.getRequestHeaders().getFirst("X-Session-Router-Session"))) {
      exchange.getResponseHeaders().set(SESSION, newSession());
    } else if (session != null && !sessions.contains(session)) {
      answer(exchange, GONE);
      return;
    }
    if (said.equals(STREAM)) {
      stream(exchange);
    } else {
      answer(exchange, 200);
    }
  }

  private String newSession() {
    String id = UUID.randomUUID().toString();
    sessions.add(id);
    return id + "; Expires=" + Instant.now().plusSeconds(900).truncatedTo(ChronoUnit.SECONDS);
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private void stream(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      Progress progress = begin();
      OutputStream out = exchange.getResponseBody();
      try {
        goOn(progress, out);
      } finally {
        running.decrementAndGet();
      }
      write(out, END);
    }
  }

  private void goOn(Progress progress, OutputStream out) throws IOException {
    write(out, BEGIN);
    while (awaitStep(progress)) {
      progress.next++;
      write(out, STEP);
    }
  }

  /** A step or an end that comes after this is one of this stream, too. */
  private synchronized Progress begin() {
    running.incrementAndGet();
    return new Progress(steps + 1, ends + 1);
  }

  private static void write(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Whether it is a step that comes next, and not the end. */
  private synchronized boolean awaitStep(Progress progress) throws IOException {
    try {
      while (steps < progress.next && ends < progress.last) {
        wait();
      }
      return steps >= progress.next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    end();
    server.stop(0);
    threads.shutdownNow();
  }

  /** Which step, and which end, concerns a stream next. */
  private static final class Progress {
    private final int last;
    private int next;

    private Progress(int next, int last) {
      this.next = next;
      this.last = last;
    }
  }
}
