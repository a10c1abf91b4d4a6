package io.sessionrouter.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A model container that leaves its answers to the test: each request plays the test's script,
 * which writes the answer piece by piece. Opens and closes sessions by itself.
 */
final class ScriptedContainer implements AutoCloseable {
  private static final String SESSION = "X-Amzn-SageMaker-Session-Id";
  private static final int CHUNKED = 0;

  /** What happens after a request was read. */
  @FunctionalInterface
  interface Script {
    void play(Answer answer) throws Exception;
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> closed = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile Script script = answer -> answer.write("unscripted");

  private ScriptedContainer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/ping", ScriptedContainer::pong);
    server.createContext("/invocations", this::invoke);
    server.start();
  }

  static ScriptedContainer start() throws IOException {
    return new ScriptedContainer();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What requests play from now on. */
  void plays(Script next) {
    failures.clear();
    script = next;
  }

  /** The sessions it was told to close. */
  List<String> closed() {
    return closed;
  }

  /** What went wrong in scripts, other than by {@link Answer#breakOff}. */
  List<Throwable> failures() {
    return failures;
  }

  private static void pong(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private void invoke(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String session = exchange.getRequestHeaders().getFirst(SESSION);
    if (session != null && body.contains("CLOSE")) {
      close(exchange, session);
    } else {
      if ("new".equals(exchange.getRequestHeaders().getFirst("X-Session-Router-Session"))) {
        exchange.getResponseHeaders().set(SESSION, newSession());
      }
      play(exchange);
    }
  }

  private static String newSession() {
    Instant expires = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);
    return UUID.randomUUID() + "; Expires=" + expires;
  }

  private void close(HttpExchange exchange, String session) throws IOException {
    closed.add(session);
    exchange.getResponseHeaders().set("X-Amzn-SageMaker-Closed-Session-Id", session);
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  /** The server closes the connection, in mid-answer, of a handler that throws. */
  private void play(HttpExchange exchange) throws IOException {
    try {
      script.play(new Answer(exchange));
    } catch (BrokenOff e) {
      throw e;
    } catch (Exception | AssertionError e) {
      failures.add(e);
      throw new IOException(e);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** The answer to one request, in chunks that leave at once. */
  static final class Answer {
    private final HttpExchange exchange;
    private boolean begun;

    private Answer(HttpExchange exchange) {
      this.exchange = exchange;
    }

    /** The head leaves, and nothing else yet. */
    void begin() throws IOException {
      begun = true;
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.getResponseHeaders().set("X-Amzn-SageMaker-Custom-Attributes", "by=script");
      exchange.sendResponseHeaders(200, CHUNKED);
      exchange.getResponseBody().flush();
    }

    void write(String piece) throws IOException {
      if (!begun) {
        begin();
      }
      exchange.getResponseBody().write(piece.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    }

    void fail(int status, String message) throws IOException {
      byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }

    /** Goes on until nobody takes it any more. */
    void writeUntilRefused(String piece) {
      try {
        while (true) {
          write(piece);
        }
      } catch (IOException refused) {
        // As it should be: the connection is gone.
      }
    }

    /** Dies in mid-answer. */
    @SuppressWarnings("DoNotCallSuggester") // a script calls it to die
    void breakOff() throws IOException {
      throw new BrokenOff();
    }
  }

  private static final class BrokenOff extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
