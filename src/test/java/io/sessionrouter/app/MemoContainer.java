package io.sessionrouter.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * A model container whose state is what it was told: it answers with all that a session has said so
 * far. Speaks the SageMaker container contract over real HTTP.
 */
final class MemoContainer implements AutoCloseable {
  private static final String SESSION = "X-Amzn-SageMaker-Session-Id";
  private final HttpServer server;
  private final String bootId;
  private final Map<String, List<String>> sessions = new ConcurrentHashMap<>();
  private volatile boolean draining;

  private MemoContainer(HttpServer server, String bootId) {
    this.bootId = bootId;
    this.server = server;
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ping", this::ping);
    server.createContext("/invocations", this::invoke);
    server.start();
  }

  static MemoContainer start() throws IOException {
    return new MemoContainer(HttpServer.create(anyPort(), 0), newBootId());
  }

  /** Over TLS. */
  static MemoContainer start(SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create(anyPort(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new MemoContainer(server, newBootId());
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static String newBootId() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port();
  }

  Map<String, List<String>> sessions() {
    return sessions;
  }

  /** It wants no new work, and serves what it has. */
  void draining(boolean now) {
    draining = now;
  }

  private void ping(HttpExchange exchange) throws IOException {
    if (draining) {
      exchange.getResponseHeaders().set("X-Session-Router-Draining", "true");
    }
    answer(exchange, draining ? 503 : 200, "");
  }

  private void invoke(HttpExchange exchange) throws IOException {
    String said = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String session = exchange.getRequestHeaders().getFirst(SESSION);
    if (said.startsWith("fail ")) {
      answer(exchange, Integer.parseInt(said.substring(5)), "told to fail");
    } else if ("new".equals(exchange.getRequestHeaders().getFirst("X-Session-Router-Session"))) {
      open(exchange, said);
    } else if (session == null) {
      answer(exchange, 200, said);
    } else {
      resume(exchange, session, said);
    }
  }

  private void open(HttpExchange exchange, String said) throws IOException {
    String id = UUID.randomUUID().toString();
    sessions.put(id, new CopyOnWriteArrayList<>(List.of(said)));
    Instant expires = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);
    exchange.getResponseHeaders().set(SESSION, id + "; Expires=" + expires);
    answer(exchange, 200, said);
  }

  private void resume(HttpExchange exchange, String session, String said) throws IOException {
    List<String> memory = sessions.get(session);
    if (memory == null) {
      answer(exchange, 410, "no such session here");
    } else if (said.contains("CLOSE")) {
      sessions.remove(session);
      exchange.getResponseHeaders().set("X-Amzn-SageMaker-Closed-Session-Id", session);
      answer(exchange, 200, "closed");
    } else {
      memory.add(said);
      answer(exchange, 200, String.join(" ", memory));
    }
  }

  private void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.getResponseHeaders().set("X-Session-Router-Boot-Id", bootId);
    exchange.getResponseHeaders().set("X-Amzn-SageMaker-Custom-Attributes", "by=memo");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
