package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.RouterPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A stream of a {@link SteppedInstance} as its client reads it, line by line. */
final class HeldStream {
  private static final String NEW_SESSION = "X-Amzn-SageMaker-New-Session-Id";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final URI url;
  private final String session;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final CompletableFuture<List<String>> end = new CompletableFuture<>();

  private HeldStream(URI url, String session) {
    this.url = url;
    this.session = session;
  }

  /** By {@code InvokeEndpoint}: the bytes as they are. */
  static HeldStream plain(HttpClient http, RouterPlan router) throws Exception {
    return begin(http, router.invocations(), body -> body);
  }

  /** By {@code InvokeEndpointWithResponseStream}: in events. */
  static HeldStream events(HttpClient http, RouterPlan router) throws Exception {
    return begin(http, URI.create(router.invocations() + "-response-stream"), EventPayload::new);
  }

  private static HeldStream begin(HttpClient http, URI url, UnaryOperator<InputStream> payload)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("X-Amzn-SageMaker-Session-Id", "NEW_SESSION")
            .POST(BodyPublishers.ofString(SteppedInstance.STREAM))
            .build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).as("status of %s", url).isEqualTo(200);
    String opened = response.headers().firstValue(NEW_SESSION).orElseThrow();
    HeldStream stream = new HeldStream(url, opened.split(";", -1)[0]);
    Thread.ofVirtual().start(() -> stream.read(payload.apply(response.body())));
    return stream;
  }

  private void read(InputStream payload) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(payload, StandardCharsets.UTF_8))) {
      in.lines().forEach(lines::add);
      end.complete(lines);
    } catch (IOException | RuntimeException | AssertionError broken) {
      end.completeExceptionally(broken);
    }
  }

  String session() {
    return session;
  }

  List<String> lines() {
    return lines;
  }

  boolean over() {
    return end.isDone();
  }

  /** All its lines; fails if it broke. */
  List<String> awaitEnd(Duration patience) throws Exception {
    return end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public String toString() {
    return "stream from " + url;
  }
}
