package io.sessionrouter.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sessionrouter.local.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Stands where a router would; the test gives every answer itself, piece by piece. */
final class PlayedRouter implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final HttpServer server;

  private PlayedRouter(HttpServer server) {
    this.server = server;
  }

  static PlayedRouter start() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    var router = new PlayedRouter(HttpServer.create(address, 0));
    router.server.setExecutor(router.threads);
    router.server.createContext("/", router::arrived);
    router.server.start();
    return router;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void arrived(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    calls.add(new Call(exchange, body));
  }

  /** The next request, which has arrived whole and waits for its answer. */
  Call next() throws InterruptedException {
    Call call = calls.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(call).as("a request of the page").isNotNull();
    return call;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** A request, and the way to answer it. */
  record Call(HttpExchange exchange, String body) {
    String session() {
      return String.valueOf(exchange.getRequestHeaders().getFirst("X-Amzn-SageMaker-Session-Id"));
    }

    Call header(String name, String value) {
      exchange.getResponseHeaders().add(name, value);
      return this;
    }

    /** Begins a stream of events. */
    Call stream() throws IOException {
      return header("Content-Type", "text/event-stream").begin(0);
    }

    boolean begun() {
      return exchange.getResponseCode() >= 0;
    }

    /**
     * @param length of the body, 0 if it is not known
     */
    Call begin(long length) throws IOException {
      exchange.sendResponseHeaders(200, length);
      return this;
    }

    Call send(byte[] piece) throws IOException {
      exchange.getResponseBody().write(piece);
      exchange.getResponseBody().flush();
      return this;
    }

    Call send(String piece) throws IOException {
      return send(piece.getBytes(UTF_8));
    }

    /** One token, as the container sends it; the text has nothing in it to escape. */
    Call token(String text) throws IOException {
      return send(event(text));
    }

    static String event(String text) {
      return "data:{\"token\":{\"id\":1,\"text\":\"%s\",\"special\":false},\"details\":null}\n\n"
          .formatted(text);
    }

    /** The end of a reply. */
    void end(int prompt, int cached) throws IOException {
      send(
          """
          data:{"token":{"id":4,"text":"","special":true},"details":{"finish_reason":"eos_token",\
          "generated_tokens":2,"prompt_tokens":%d,"cached_tokens":%d}}

          """
              .formatted(prompt, cached));
      exchange.close();
    }

    /** Ends the connection wherever the answer is. */
    void hangUp() {
      exchange.close();
    }

    /** A whole answer. */
    void answer(int status, Map<String, String> headers, String body) throws IOException {
      headers.forEach(this::header);
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      send(bytes).hangUp();
    }
  }
}
