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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * Answers as one of the model servers that people run behind multi-model endpoints, with all that
 * they say of models that they do not serve: names are listed as soon as a load begins, and stay
 * when it has failed. Seen on the real servers; their versions are in the documents.
 */
public final class ModelServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_PER_PAGE = 100;

  /** Whose manners it has. */
  public enum Kind {
    /** Multi Model Server: a loading model's worker is called READY, a refused one has none. */
    MMS,
    /** TorchServe: a second load of a loading model is an error, a refused one has no workers. */
    TORCHSERVE,
    /** djl-serving: a loading model is listed as READY and described as Healthy. */
    DJL,
    /** The contract of SageMaker and no word more. */
    PLAIN
  }

  private final Kind kind;
  private final HttpServer server;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> sizes = new ConcurrentHashMap<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private volatile CountDownLatch hold = new CountDownLatch(0);
  private volatile int room;
  private volatile boolean noWorkers;

  private static final class Entry {
    final String url;
    boolean loading = true;
    boolean hollow;

    Entry(String url) {
      this.url = url;
    }

    boolean serves() {
      return !loading && !hollow;
    }
  }

  /**
   * @param room for models, of which each takes one unless it is said to be larger
   */
  public ModelServer(Kind kind, int room) throws IOException {
    this.kind = kind;
    this.room = room;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ping", exchange -> answer(exchange, 200, "{}"));
    server.createContext("/models", this::serve);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /**
   * What was asked that changes or uses models: {@code POST a}, {@code DELETE a}, {@code invoke a}.
   */
  public List<String> calls() {
    return calls;
  }

  public long calls(String what) {
    return calls.stream().filter(what::equals).count();
  }

  /** From now on loads take until {@link #letGo}. */
  public void holdLoads() {
    hold = new CountDownLatch(1);
  }

  public void letGo() {
    hold.countDown();
  }

  /** The model takes so much room. */
  public void size(String target, int size) {
    sizes.put(target, size);
  }

  /** Its memory is so large now. */
  public void room(int models) {
    room = models;
  }

  /** Loads of the model fail so; 0 for no more. */
  public void fail(String target, int status) {
    failures.put(target, status);
  }

  /** Models are registered and no worker is started, as by default settings of TorchServe. */
  public void startNoWorkers() {
    noWorkers = true;
  }

  /** A name that an earlier load left behind. */
  public synchronized void leaveBehind(String name, String url) {
    Entry entry = new Entry(url);
    entry.loading = false;
    entry.hollow = true;
    entries.put(name, entry);
  }

  /** A model that somebody else has loaded. */
  public synchronized void load(String name, String url) {
    Entry entry = new Entry(url);
    entry.loading = false;
    entries.put(name, entry);
  }

  /** The targets of the models that serve. */
  public synchronized List<String> serving() {
    return entries.values().stream()
        .filter(Entry::serves)
        .map(e -> target(e.url))
        .sorted()
        .toList();
  }

  /** The targets of all names. */
  public synchronized List<String> names() {
    return entries.values().stream().map(e -> target(e.url)).sorted().toList();
  }

  private static String target(String url) {
    return url.substring(url.lastIndexOf('/') + 1);
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
      case "GET one" -> describe(exchange, name);
      case "DELETE one" -> unload(exchange, name);
      default -> error(exchange, 405, "method not allowed");
    }
  }

  private void load(HttpExchange exchange, JsonNode wanted) throws IOException {
    String name = wanted.path("model_name").asText();
    String url = wanted.path("url").asText();
    calls.add("POST " + target(url));
    Entry mine = new Entry(url);
    Entry there = register(name, mine);
    if (there != null) {
      boolean file = kind == Kind.TORCHSERVE && !there.hollow;
      error(exchange, file ? 500 : 409, file ? "Model file already exists" : "already registered");
      return;
    }
    await();
    int failed = failures.getOrDefault(target(url), 0);
    int status = failed != 0 ? failed : fits(mine) ? 200 : 507;
    end(name, mine, status);
    error(exchange, status, "Failed to start workers for " + target(url));
  }

  private synchronized Entry register(String name, Entry mine) {
    return entries.putIfAbsent(name, mine);
  }

  private void await() {
    try {
      hold.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean fits(Entry wanted) {
    int used = entries.values().stream().filter(Entry::serves).mapToInt(this::size).sum();
    return used + size(wanted) <= room;
  }

  private int size(Entry entry) {
    return sizes.getOrDefault(target(entry.url), 1);
  }

  /** MMS and TorchServe keep the name of what had no memory, TorchServe that of all that failed. */
  private synchronized void end(String name, Entry entry, int status) {
    entry.loading = false;
    if (status == 200) {
      entry.hollow = noWorkers;
    } else if (kind == Kind.TORCHSERVE || (kind == Kind.MMS && status == 507)) {
      entry.hollow = true;
    } else {
      entries.remove(name, entry);
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    int token = query.indexOf("next_page_token=");
    int from = token < 0 ? 0 : Integer.parseInt(query.substring(token + 16));
    answer(exchange, 200, page(from).toString());
  }

  /** By number in the order of names, and with one empty page where the last is full. */
  private synchronized ObjectNode page(int from) {
    ObjectNode page = JSON.createObjectNode();
    List<String> names = new ArrayList<>(entries.keySet());
    int last = Math.min(names.size(), from + MOST_PER_PAGE);
    if (last < names.size() || (kind != Kind.DJL && from + MOST_PER_PAGE == names.size())) {
      page.put("nextPageToken", String.valueOf(last));
    }
    ArrayNode models = page.putArray("models");
    for (String name : names.subList(Math.min(from, last), last)) {
      ObjectNode model = models.addObject();
      model.put("modelName", name).put("modelUrl", entries.get(name).url);
      if (kind == Kind.DJL) {
        model.put("status", "READY");
      }
    }
    return page;
  }

  private void describe(HttpExchange exchange, String name) throws IOException {
    JsonNode description = description(name);
    if (description == null) {
      error(exchange, 404, "Model not found: " + name);
    } else {
      answer(exchange, 200, description.toString());
    }
  }

  private synchronized JsonNode description(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return null;
    }
    ObjectNode model = JSON.createObjectNode();
    model.put("modelName", name).put("modelUrl", entry.url);
    return switch (kind) {
      case PLAIN -> model;
      case MMS -> workers(model, entry.hollow ? null : "READY");
      case TORCHSERVE ->
          JSON.createArrayNode()
              .add(workers(model, entry.hollow ? null : entry.loading ? "UNLOADING" : "READY"));
      case DJL -> workflow(name, model, entry);
    };
  }

  private static ObjectNode workers(ObjectNode model, String status) {
    ArrayNode workers = model.put("minWorkers", status == null ? 0 : 1).putArray("workers");
    if (status != null) {
      workers.addObject().put("id", "9000").put("status", status);
    }
    return model;
  }

  private static ArrayNode workflow(String name, ObjectNode model, Entry entry) {
    ArrayNode groups = model.put("status", "Healthy").putArray("workerGroups");
    if (!entry.loading) {
      ObjectNode group = groups.addObject().put("minWorkers", 1);
      group.putArray("workers").addObject().put("id", 1).put("status", "READY");
    }
    ArrayNode workflows = JSON.createArrayNode();
    workflows.addObject().put("workflowName", name).putArray("models").add(model);
    return workflows;
  }

  private void unload(HttpExchange exchange, String name) throws IOException {
    Entry gone = remove(name);
    calls.add("DELETE " + (gone == null ? name : target(gone.url)));
    error(exchange, gone == null ? 404 : 200, gone == null ? "Model not found" : "unregistered");
  }

  private synchronized Entry remove(String name) {
    return entries.remove(name);
  }

  private void invoke(HttpExchange exchange, String name, String body) throws IOException {
    Entry entry = entry(name);
    if (entry == null) {
      error(exchange, 404, "Model not found: " + name);
      return;
    }
    calls.add("invoke " + target(entry.url));
    if (entry.serves()) {
      answer(exchange, 200, target(entry.url) + ": " + body);
    } else {
      error(exchange, 503, "no worker to serve " + target(entry.url));
    }
  }

  private synchronized Entry entry(String name) {
    return entries.get(name);
  }

  private static void error(HttpExchange exchange, int code, String message) throws IOException {
    answer(
        exchange,
        code,
        JSON.createObjectNode()
            .put("code", code)
            .put("type", "InternalServerException")
            .put("message", message)
            .toString());
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    letGo();
    server.stop(0);
  }
}
