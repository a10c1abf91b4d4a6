package io.sessionrouter.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sessionrouter.local.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An instance for bodies longer than any model's: it sends as many bytes as a request asks for, or
 * answers with the checksum of what it got.
 */
final class FakeInstance implements AutoCloseable {
  /**
   * Header that says how many bytes to answer with: {@code length=N} or {@code chunked=N}, or
   * {@code stalled=N} for an answer that never ends after them.
   */
  static final String WISH = "X-Amzn-SageMaker-Custom-Attributes";

  /** Room for many connections at the same time: the default would turn some away. */
  private static final int BACKLOG = 1024;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final List<Pattern> sendings = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch mayRead = new CountDownLatch(0);
  private final CountDownLatch over = new CountDownLatch(1);

  private FakeInstance(HttpServer server) {
    this.server = server;
  }

  static FakeInstance start() throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    FakeInstance instance = new FakeInstance(HttpServer.create(address, BACKLOG));
    instance.server.setExecutor(instance.threads);
    instance.server.createContext("/ping", FakeInstance::ping);
    instance.server.createContext("/invocations", instance::invoke);
    instance.server.start();
    return instance;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Bytes of the latest long answer that it could send so far. */
  long sent() {
    return sendings.isEmpty() ? 0 : sendings.getLast().position();
  }

  /** Bytes of all long answers that it could send so far. */
  long sentInAll() {
    return sendings.stream().mapToLong(Pattern::position).sum();
  }

  /** Long answers that it has begun so far. */
  int answers() {
    return sendings.size();
  }

  /** From now on it reads no body until told to. */
  void stopReading() {
    mayRead = new CountDownLatch(1);
  }

  void goOnReading() {
    mayRead.countDown();
  }

  private static void ping(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private void invoke(HttpExchange exchange) throws IOException {
    try (exchange) {
      String wish = exchange.getRequestHeaders().getFirst(WISH);
      if (wish == null) {
        answerWithChecksum(exchange);
      } else {
        send(exchange, wish.split("="));
      }
    }
  }

  private void answerWithChecksum(HttpExchange exchange) throws IOException {
    await(mayRead);
    String checksum = Checksum.of(exchange.getRequestBody()).toString();
    byte[] answer = checksum.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
  }

  private void send(HttpExchange exchange, String[] wish) throws IOException {
    exchange.getRequestBody().readAllBytes();
    long length = Long.parseLong(wish[1]);
    Pattern sending = new Pattern(length);
    sendings.add(sending);
    exchange.sendResponseHeaders(200, wish[0].equals("length") ? length : 0);
    sending.transferTo(exchange.getResponseBody());
    if (wish[0].equals("stalled")) {
      exchange.getResponseBody().flush();
      await(over);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    goOnReading();
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
