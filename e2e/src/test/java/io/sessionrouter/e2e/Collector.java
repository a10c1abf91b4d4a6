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

/** A collector of traces that only looks whether there is the text of a span. */
final class Collector implements AutoCloseable {
  private final HttpServer server;
  private final List<String> received = new CopyOnWriteArrayList<>();

  private Collector(HttpServer server) {
    this.server = server;
  }

  static Collector start() throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    Collector collector = new Collector(HttpServer.create(address, 0));
    collector.server.createContext("/v1/traces", collector::take);
    collector.server.start();
    return collector;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] spans = exchange.getRequestBody().readAllBytes();
      received.add(new String(spans, StandardCharsets.ISO_8859_1));
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** Whether some span has this text; names and attributes are readable in what is sent. */
  boolean has(String text) {
    return received.stream().anyMatch(spans -> spans.contains(text));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
