package io.sessionrouter.e2e;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.Probe;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A Prometheus, of the distribution's package, that scrapes a router and containers. */
final class Prometheus {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final URI url;
  private final HttpClient http = HttpClient.newHttpClient();

  private Prometheus(URI url) {
    this.url = url;
  }

  /**
   * @param folder for its configuration and data
   */
  static Prometheus start(Children children, Path folder, RouterPlan router, List<URI> containers)
      throws IOException {
    Files.createDirectories(folder);
    Path config = Files.writeString(folder.resolve("prometheus.yml"), config(router, containers));
    int port = Ports.free();
    URI url = URI.create("http://127.0.0.1:" + port);
    List<String> command =
        List.of(
            "prometheus",
            "--config.file=" + config,
            "--storage.tsdb.path=" + Files.createTempDirectory(folder, "data"),
            "--enable-feature=exemplar-storage",
            "--web.listen-address=127.0.0.1:" + port);
    Probe ready = Probe.http(url.resolve("/-/ready"));
    children.startAndAwait(new Service("prometheus", url, command, Map.of(), ready, PATIENCE));
    return new Prometheus(url);
  }

  private static String config(RouterPlan router, List<URI> containers) {
    return """
    global:
      scrape_interval: 1s
      scrape_timeout: 1s
    scrape_configs:
      - job_name: session-router
        honor_labels: true
        metrics_path: /q/metrics
        static_configs:
          - targets: [%s]
      - job_name: model-container
        metrics_path: /q/metrics
        static_configs:
          - targets: [%s]
    """
        .formatted(
            router.management().getAuthority(),
            containers.stream().map(URI::getAuthority).collect(Collectors.joining(", ")));
  }

  URI url() {
    return url;
  }

  /** Whether a query has a result now. */
  boolean finds(String query) {
    return answer("/api/v1/query?query=" + encoded(query)).contains("\"value\":");
  }

  /** Whether durations lead to traces. */
  boolean hasExemplars() {
    String query = encoded("session_router_time_to_first_byte_seconds_bucket");
    long now = System.currentTimeMillis() / 1000;
    return answer(
            "/api/v1/query_exemplars?query=%s&start=%d&end=%d".formatted(query, now - 600, now + 1))
        .contains("\"trace_id\":");
  }

  private static String encoded(String query) {
    return URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  private String answer(String path) {
    try {
      HttpRequest request = HttpRequest.newBuilder(url.resolve(path)).build();
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
