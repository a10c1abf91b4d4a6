package io.sessionrouter.e2e;

import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@code ./demo} with two containers on ports of its own, as its output describes it. */
record RunningDemo(DemoFolder folder, Program program, URI management, URI chat) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final Pattern KEY = Pattern.compile("(?m)^BEARER_KEY=(\\S+)$");

  /** Address, name and process. */
  private static final Pattern CONTAINER =
      Pattern.compile("Container {3}http://(\\S+) \\((\\S+), process (\\d+)\\)");

  static RunningDemo start() throws IOException {
    int management = Ports.free();
    int chat = Ports.free();
    DemoFolder folder = DemoFolder.make();
    Program program =
        folder.demo("--port", Ports.free(), "--management-port", management, "--chat-port", chat);
    return new RunningDemo(
        folder,
        program,
        URI.create("http://127.0.0.1:" + management),
        URI.create("http://127.0.0.1:%d/".formatted(chat)));
  }

  void awaitReady() {
    program.awaitOutput("\nREADY");
  }

  /** What the router's API says about a session. */
  String session(String id) {
    URI url = management.resolve("/v1/sessions/%s/%s".formatted(RouterPlan.ENDPOINT, id));
    return get(HttpRequest.newBuilder(url).header("Authorization", "Bearer " + bearerKey()));
  }

  /** As its output shows it. */
  String bearerKey() {
    return KEY.matcher(program.output()).results().findFirst().orElseThrow().group(1);
  }

  /** Host and port of a container. */
  String address(String container) {
    return container(container).group(1);
  }

  long process(String container) {
    return process(container(container));
  }

  private static long process(MatchResult container) {
    return Long.parseLong(container.group(3));
  }

  private MatchResult container(String name) {
    return containers()
        .filter(container -> container.group(2).equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the demo has no container \"%s\"".formatted(name)));
  }

  private Stream<MatchResult> containers() {
    return CONTAINER.matcher(program.output()).results();
  }

  /** Ends a container as a crash would. */
  void kill(String container) {
    long process = process(container);
    ProcessHandle.of(process).orElseThrow().destroyForcibly();
    await("the end of " + container)
        .atMost(PATIENCE)
        .until(() -> ProcessHandle.of(process).isEmpty());
  }

  /**
   * A metric of the containers that still run, added up.
   *
   * @param metric a regular expression of its name, with labels if they matter
   */
  double sum(String metric) {
    Pattern sample = Pattern.compile("(?m)^" + metric + "(?:\\{[^}]*})? (\\S+)");
    return containers()
        .filter(container -> ProcessHandle.of(process(container)).isPresent())
        .map(container -> URI.create("http://%s/q/metrics".formatted(container.group(1))))
        .map(url -> get(HttpRequest.newBuilder(url)))
        .flatMap(metrics -> sample.matcher(metrics).results())
        .mapToDouble(found -> Double.parseDouble(found.group(1)))
        .sum();
  }

  private static String get(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends it as Ctrl-C would. */
  void stop() throws IOException, InterruptedException {
    program.handle().destroy();
    program.awaitEnd();
    program.close();
    folder.close();
  }
}
