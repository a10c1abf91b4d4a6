package io.sessionrouter.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * A multi-model container over real HTTP: its models answer with their own name and what they were
 * told. Has room for so many; loads can be held up, or fail.
 */
public final class ModelContainer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SESSION = "X-Amzn-SageMaker-Session-Id";
  private static final int PAGE = 2;

  private final HttpServer server;
  private final String prefix;
  private final int room;
  private final Map<String, String> models = new TreeMap<>();
  private final Map<String, String> untold = new TreeMap<>();
  private final Map<String, String> sessions = new ConcurrentHashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  private volatile CountDownLatch hold = new CountDownLatch(0);

  /**
   * @param prefix where the endpoint's models lie
   * @param room how many fit in
   */
  public ModelContainer(String prefix, int room) throws IOException {
    this.prefix = prefix + "/";
    this.room = room;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ping", exchange -> answer(exchange, 200, ""));
    server.createContext("/models", this::serve);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** What was asked, in the order it came: {@code load a.tar.gz}, {@code unload …}. */
  public List<String> calls() {
    return calls;
  }

  /** How often a thing was asked. */
  public long calls(String what) {
    return calls.stream().filter(what::equals).count();
  }

  /** From now on loads wait until {@link #letGo}. */
  public void holdLoads() {
    hold = new CountDownLatch(1);
  }

  public void letGo() {
    hold.countDown();
  }

  /** Loads of the model are answered so; 0 for as usual. */
  public void refuse(String target, int status) {
    refusals.put(target, status);
  }

  /** What another replica, or the container itself, might do. */
  public synchronized void drop(String target) {
    models.values().removeIf(url -> url.equals(prefix + target));
  }

  /** The same; lists of its models do not tell before a request has found out. */
  public synchronized void dropUntold(String target) {
    untold.putAll(models);
    drop(target);
    untold.keySet().removeAll(models.keySet());
  }

  private synchronized void foundOut(String name) {
    untold.remove(name);
  }

  /** The targets it has. */
  public synchronized List<String> models() {
    return models.values().stream().map(this::target).sorted().toList();
  }

  private String target(String url) {
    return url.substring(prefix.length());
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String[] path = exchange.getRequestURI().getPath().split("/", 0);
    String name = path.length > 2 ? path[2] : "";
    if (path.length > 3) {
      invoke(exchange, name, body);
      return;
    }
    switch (exchange.getRequestMethod() + (name.isEmpty() ? "" : " one")) {
      case "POST" -> load(exchange, JSON.readTree(body));
      case "GET" -> list(exchange);
      case "GET one" -> answer(exchange, url(name) == null ? 404 : 200, "{}");
      case "DELETE one" -> unload(exchange, name);
      default -> answer(exchange, 405, "");
    }
  }

  private synchronized String url(String name) {
    return models.get(name);
  }

  private void load(HttpExchange exchange, JsonNode wanted) throws IOException {
    String url = wanted.path("url").asText();
    calls.add("load " + target(url));
    try {
      hold.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    int refused = refusals.getOrDefault(target(url), 0);
    int status = refused != 0 ? refused : loaded(wanted.path("model_name").asText(), url);
    answer(exchange, status, error(status, "a word about " + target(url)));
  }

  private synchronized int loaded(String name, String url) {
    if (models.containsKey(name)) {
      return 409;
    }
    if (models.size() >= room) {
      return 507;
    }
    models.put(name, url);
    return 200;
  }

  private void list(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    int token = query.indexOf("next_page_token=");
    String after = token < 0 ? "" : query.substring(token + "next_page_token=".length());
    ObjectNode answer = JSON.createObjectNode();
    String last = page(after, answer.putArray("models"));
    answer(exchange, 200, answer.put("nextPageToken", last).toString());
  }

  /** Short pages, so that paging is not forgotten. */
  private synchronized String page(String after, ArrayNode page) {
    String last = null;
    Map<String, String> listed = new TreeMap<>(models);
    listed.putAll(untold);
    for (Map.Entry<String, String> model : listed.entrySet()) {
      if (model.getKey().compareTo(after) > 0) {
        if (page.size() == PAGE) {
          return last;
        }
        last = model.getKey();
        page.addObject().put("modelName", last).put("modelUrl", model.getValue());
      }
    }
    return null;
  }

  private void unload(HttpExchange exchange, String name) throws IOException {
    String url = url(name);
    String target = url == null ? name : target(url);
    calls.add("unload " + target);
    boolean ifIdle =
        "true".equals(exchange.getRequestHeaders().getFirst("X-Session-Router-If-Idle"));
    if (url == null) {
      answer(exchange, 404, error(404, "not loaded"));
    } else if (ifIdle && sessions.containsValue(name)) {
      answer(exchange, 409, error(409, "in use"));
    } else {
      drop(target);
      answer(exchange, 200, "{}");
    }
  }

  private void invoke(HttpExchange exchange, String name, String body) throws IOException {
    String url = url(name);
    String session = exchange.getRequestHeaders().getFirst(SESSION);
    if (url == null) {
      foundOut(name);
      answer(exchange, 404, error(404, "this model is not loaded"));
      return;
    }
    calls.add("invoke " + target(url));
    if (body.startsWith("fail ")) {
      answer(exchange, Integer.parseInt(body.substring(5)), "told to fail");
      return;
    }
    if ("new".equals(exchange.getRequestHeaders().getFirst("X-Session-Router-Session"))) {
      String id = UUID.randomUUID().toString();
      sessions.put(id, name);
      Instant expires = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);
      exchange.getResponseHeaders().set(SESSION, id + "; Expires=" + expires);
    } else if (session != null && body.contains("CLOSE")) {
      sessions.remove(session);
      exchange.getResponseHeaders().set("X-Amzn-SageMaker-Closed-Session-Id", session);
    }
    answer(exchange, 200, said(exchange, url) + body);
  }

  private String said(HttpExchange exchange, String url) {
    return exchange
            .getRequestHeaders()
            .getFirst("X-Amzn-SageMaker-Target-Model")
            .equals(target(url))
        ? target(url) + ": "
        : "the header names another model: ";
  }

  private static String error(int status, String message) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error").put("code", "S" + status).put("message", message);
    return body.toString();
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @Override
  public void close() {
    letGo();
    server.stop(0);
  }
}
