package io.sessionrouter.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server that treats sessions as one that nobody here wrote was seen to, unmodified ({@code
 * e2e/third-party}).
 */
abstract class ServerStub implements Closeable {
  static final String SESSION = "X-Amzn-SageMaker-Session-Id";
  static final String CLOSED = "X-Amzn-SageMaker-Closed-Session-Id";

  /** What each session was told. */
  final Map<String, Object> sessions = new ConcurrentHashMap<>();

  private final HttpServer server;

  ServerStub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/invocations", this::invoke);
    server.start();
  }

  private void invoke(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      answer(exchange, exchange.getRequestHeaders().getFirst(SESSION), body);
    }
  }

  abstract void answer(HttpExchange exchange, String session, String body) throws IOException;

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  int port() {
    return server.getAddress().getPort();
  }

  Set<String> held() {
    return Set.copyOf(sessions.keySet());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /**
   * TorchServe with sequence batching before its stateful example: makes a sequence for each
   * request that names none, takes any name for a sequence it made, echoes the bare id, adds
   * numbers up, and ends a sequence at 0.
   */
  static final class Sequences extends ServerStub {
    private static final int MOST = 3;

    Sequences() throws IOException {}

    @Override
    void answer(HttpExchange exchange, String session, String body) throws IOException {
      boolean begins = session == null;
      if (begins ? sessions.size() == MOST : !sessions.containsKey(session)) {
        send(
            exchange, 503, "check if it is closed, or expired; or exceeds maxSequenceJobQueueSize");
        return;
      }
      String id = begins ? "ts-seq-" + UUID.randomUUID() : session;
      int number = Integer.parseInt(body);
      int sum = (int) sessions.getOrDefault(id, 0) + number;
      exchange.getResponseHeaders().set(SESSION, id);
      if (number == 0) {
        sessions.remove(id);
        exchange.getResponseHeaders().set(CLOSED, id);
      } else {
        sessions.put(id, sum);
      }
      send(exchange, 200, Integer.toString(sum));
    }
  }

  /**
   * TorchServe before the handler of AWS's LLaVA example: tells an end when a session begins, and
   * wants the id in the body that closes it.
   */
  static final class Pictures extends ServerStub {
    Pictures() throws IOException {}

    @Override
    void answer(HttpExchange exchange, String session, String body) throws IOException {
      JsonObject request = new JsonObject(body);
      boolean starts = request.getString("type").equals("start_session");
      boolean closes = request.getString("type").equals("close_session");
      if (session == null != starts
          || (session != null && !sessions.containsKey(session))
          || (closes && !session.equals(request.getString("session_id")))) {
        send(exchange, 503, "Prediction failed");
        return;
      }
      String id = starts ? "ts-seq-" + UUID.randomUUID() : session;
      String ends = starts ? "; Expires=" + inTenMinutes() : "";
      exchange.getResponseHeaders().set(SESSION, id + ends);
      if (starts) {
        sessions.put(id, request.getString("path"));
      }
      Object path = closes ? sessions.remove(id) : sessions.get(id);
      if (closes) {
        exchange.getResponseHeaders().set(CLOSED, id);
      }
      send(exchange, 200, path.toString());
    }
  }

  /** AWS's model-hosting-container-standards: sessions open and close by the body. */
  static final class Standards extends ServerStub {
    Standards() throws IOException {}

    @Override
    void answer(HttpExchange exchange, String session, String body) throws IOException {
      String type = new JsonObject(body).getString("requestType");
      if ("NEW_SESSION".equals(type)) {
        String id = UUID.randomUUID().toString();
        sessions.put(id, "");
        exchange
            .getResponseHeaders()
            .set("X-Amzn-SageMaker-New-Session-Id", id + "; Expires=" + inTenMinutes());
        send(exchange, 200, "Session " + id + " created");
      } else if ("CLOSE".equals(type)) {
        boolean closed = session != null && sessions.remove(session) != null;
        if (closed) {
          exchange.getResponseHeaders().set(CLOSED, session);
        }
        send(exchange, closed ? 200 : 424, closed ? "closed" : "Failed to close session");
      } else {
        boolean fine = session == null || sessions.containsKey(session);
        send(exchange, fine ? 200 : 400, fine ? body : "Bad request: session not found");
      }
    }
  }

  private static Instant inTenMinutes() {
    return Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);
  }
}
