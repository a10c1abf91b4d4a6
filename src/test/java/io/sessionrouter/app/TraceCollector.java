package io.sessionrouter.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector of traces that takes OTLP over HTTP, and only looks for the text of spans. */
final class TraceCollector implements AutoCloseable {
  private final HttpServer server;
  private final List<String> received = new CopyOnWriteArrayList<>();

  private TraceCollector(HttpServer server) {
    this.server = server;
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  static TraceCollector start() throws IOException {
    return new TraceCollector(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] spans = exchange.getRequestBody().readAllBytes();
      received.add(new String(spans, StandardCharsets.ISO_8859_1));
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** All spans so far; names and attributes are readable in it. */
  String spans() {
    return String.join("", received);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
