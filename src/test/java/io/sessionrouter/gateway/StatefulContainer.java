package io.sessionrouter.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** One life of a container that says whether it has the session it is asked for. */
final class StatefulContainer implements AutoCloseable {
  private static final String SESSION = "X-Amzn-SageMaker-Session-Id";

  private final HttpServer server;
  private final String boot = UUID.randomUUID().toString();
  private final Set<String> sessions = ConcurrentHashMap.newKeySet();

  /**
   * @param port 0 for any
   */
  StatefulContainer(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ping", exchange -> answer(exchange, "ok"));
    server.createContext("/invocations", this::invoke);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void invoke(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String id = exchange.getRequestHeaders().getFirst(SESSION);
    if (exchange.getRequestHeaders().containsKey("X-Session-Router-Session")) {
      String opened = UUID.randomUUID().toString();
      sessions.add(opened);
      exchange.getResponseHeaders().set(SESSION, opened + "; Expires=2999-01-01T00:00:00Z");
      answer(exchange, "opened");
    } else {
      answer(exchange, sessions.contains(id) ? "remembered" : "wrong");
    }
  }

  private void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().set("X-Session-Router-Boot-Id", boot);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
