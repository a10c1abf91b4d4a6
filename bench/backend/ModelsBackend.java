import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Multi-model containers without models: the {@code /models} contract on several loopback ports,
 * one instance each, with room for so many models. A load and a request take as long as configured.
 *
 * <p>Run as {@code java ModelsBackend.java INSTANCES ROOM LOAD_MILLIS WORK_MILLIS}; prints the ports
 * it took as {@code PORTS p1 p2 …}. A reply says when its model was loaded, in nanoseconds of the
 * machine's monotonic clock, so that a client on the same machine knows if it waited for that.
 */
final class ModelsBackend {
  private static final Pattern NAME = Pattern.compile("\"model_name\"\\s*:\\s*\"([^\"\\\\]+)\"");
  private static final Pattern URL = Pattern.compile("\"url\"\\s*:\\s*\"([^\"\\\\]+)\"");

  private record Model(String name, String url, long loaded) {
    String json() {
      return "{\"modelName\":\"%s\",\"modelUrl\":\"%s\"}".formatted(name, url);
    }
  }

  private final Map<String, Model> models = new HashMap<>();
  private final int room;
  private final Duration load;
  private final Duration work;
  private int promised;
  private int loads;

  private ModelsBackend(int room, Duration load, Duration work) {
    this.room = room;
    this.load = load;
    this.work = work;
  }

  public static void main(String[] args) throws IOException {
    // Else the body of a reply waits for the acknowledgement of its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    var ports = new StringBuilder("PORTS");
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      var instance = new ModelsBackend(Integer.parseInt(args[1]), millis(args[2]), millis(args[3]));
      ports.append(' ').append(instance.listen());
    }
    System.out.println(ports);
  }

  private static Duration millis(String text) {
    return Duration.ofMillis(Long.parseLong(text));
  }

  private int listen() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(address, 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ping", exchange -> answer(exchange, 200, ""));
    server.createContext("/counters", exchange -> answer(exchange, 200, counters()));
    server.createContext("/models", this::serve);
    server.start();
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String[] path = exchange.getRequestURI().getPath().split("/");
    try {
      switch (exchange.getRequestMethod() + path.length) {
        case "POST2" -> load(exchange, body);
        case "GET2" -> answer(exchange, 200, list());
        case "GET3" -> answer(exchange, model(path[2]) == null ? 404 : 200, "{}");
        case "DELETE3" -> answer(exchange, remove(path[2]) == null ? 404 : 200, "{}");
        case "POST4" -> invoke(exchange, model(path[2]));
        default -> answer(exchange, 405, "");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void load(HttpExchange exchange, String body) throws IOException, InterruptedException {
    Matcher name = NAME.matcher(body);
    Matcher url = URL.matcher(body);
    if (!name.find() || !url.find()) {
      answer(exchange, 400, error("expected: model_name and url"));
      return;
    }
    int refused = promise(name.group(1));
    if (refused != 0) {
      answer(exchange, refused, error(refused == 409 ? "loaded" : "no room"));
      return;
    }
    Thread.sleep(load);
    keep(new Model(name.group(1), url.group(1), System.nanoTime()));
    answer(exchange, 200, "{}");
  }

  /** Room is taken before the load, so that loads at the same time do not share it. */
  private synchronized int promise(String name) {
    if (models.containsKey(name)) {
      return 409;
    }
    if (models.size() + promised >= room) {
      return 507;
    }
    promised++;
    return 0;
  }

  private synchronized void keep(Model model) {
    promised--;
    loads++;
    models.put(model.name, model);
  }

  private synchronized Model model(String name) {
    return models.get(name);
  }

  private synchronized Model remove(String name) {
    return models.remove(name);
  }

  private synchronized String counters() {
    return "{\"loads\":%d}".formatted(loads);
  }

  private synchronized String list() {
    String all = String.join(",", models.values().stream().map(Model::json).toList());
    return "{\"models\":[%s],\"nextPageToken\":null}".formatted(all);
  }

  private void invoke(HttpExchange exchange, Model model) throws IOException, InterruptedException {
    if (model == null) {
      answer(exchange, 404, error("not loaded"));
      return;
    }
    Thread.sleep(work);
    answer(exchange, 200, "{\"url\":\"%s\",\"loaded\":%d}".formatted(model.url, model.loaded));
  }

  private static String error(String message) {
    return "{\"error\":{\"code\":\"BENCH\",\"message\":\"%s\"}}".formatted(message);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }
}
