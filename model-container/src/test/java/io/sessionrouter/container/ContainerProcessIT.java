package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.container.artifact.S3Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged container as a process, as {@code java -jar} starts it. */
@Timeout(120)
class ContainerProcessIT {
  private static final Pattern LISTENING =
      Pattern.compile("Listening on: http://127\\.0\\.0\\.1:(\\d+)");
  private static final int TERMINATED = 128 + 15;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
  private Process process;

  @AfterEach
  void end() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Test
  void servesTheBundledModelWithNothingConfigured() throws Exception {
    start();
    URI base = ready();

    HttpResponse<String> opened = invoke(base, "NEW_SESSION", "My cat is called Zebulon.", 20);
    String session = header(opened).split(";", -1)[0];
    HttpResponse<String> continued = invoke(base, session, "What is my cat called?", 20);

    assertThat(continued.body()).contains("Zebulon");
    assertThat(log)
        .as("one line says what is served")
        .filteredOn(line -> line.contains("serving facts on cpu"))
        .singleElement()
        .asString()
        .contains("context 16384 tokens", "session memory", "ttl");
  }

  @Test
  void everyRunHasItsOwnBootId() throws Exception {
    start();
    String first = get(ready(), "ping").headers().firstValue("X-Session-Router-Boot-Id").orElse("");
    end();
    log.clear();
    start();

    assertThat(get(ready(), "ping").headers().firstValue("X-Session-Router-Boot-Id"))
        .isNotEmpty()
        .isNotEqualTo(Optional.of(first));
  }

  @Test
  void finishesWhatItHasBegunWhenItIsToldToStop(@TempDir Path folder) throws Exception {
    start("-Dmodel.path=" + endless(folder));
    URI base = ready();
    var running = http.sendAsync(request(base, "", "Go on.", 1500), BodyHandlers.ofString());
    await().until(() -> get(base, "q/metrics").body().contains("sequences_active 1.0"));

    process.destroy();

    assertThat(running.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(running.get().body()).contains("\"generated_tokens\":1500");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void waitsForItsSessionsWhenItIsToldToStop() throws Exception {
    start("-Dmodel.drain-notice=0s", "-Dmodel.drain-timeout=10m");
    URI base = ready();
    String session =
        header(invoke(base, "NEW_SESSION", "My cat is called Zebulon.", 20)).split(";", -1)[0];

    process.destroy();

    await().until(() -> get(base, "ping").statusCode() == 503);
    assertThat(get(base, "ping").headers().firstValue("X-Session-Router-Draining"))
        .contains("true");
    await().until(() -> invoke(base, "NEW_SESSION", "Hello.", 20).statusCode() == 503);
    assertThat(invoke(base, session, "What is my cat called?", 20).body()).contains("Zebulon");
    var close = HttpRequest.newBuilder(base.resolve("invocations"));
    close.header("X-Amzn-SageMaker-Session-Id", session);
    close.POST(BodyPublishers.ofString("{\"requestType\":\"CLOSE\"}"));
    http.send(close.build(), BodyHandlers.discarding());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended with its last session").isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    start("-Dmodel.drain-timeout=10m");
    URI base = ready();
    invoke(base, "NEW_SESSION", "My cat is called Zebulon.", 20);
    process.destroy();
    await().until(() -> get(base, "ping").statusCode() == 503);

    process.destroy();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(TERMINATED);
  }

  @Test
  void loadsModelsFromAnS3ServerWhenAskedTo(@TempDir Path folder) throws Exception {
    try (var s3 = new S3Server(folder)) {
      s3.bucket("models");
      s3.put("models", "facts-v2.tar.gz", packed(folder.resolve("facts-v2.tar.gz")));
      var options = new ArrayList<>(List.of("-Dmodel.multi.enabled=true"));
      options.add("-Dmodel.multi.work-dir=" + folder.resolve("work"));
      options.add("-Dmodel.s3.endpoint=" + s3.endpoint());
      S3Server.credentials().forEach((key, value) -> options.add("-D%s=%s".formatted(key, value)));
      start(options.toArray(String[]::new));
      URI base = ready();

      var loaded =
          post(base, "models", "{\"model_name\":\"m1\",\"url\":\"s3://models/facts-v2.tar.gz\"}");
      var answered =
          post(
              base,
              "models/m1/invoke",
              "{\"inputs\":\"My cat is called Zebulon. What is my cat called?\"}");

      assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
      assertThat(answered.body()).contains("Zebulon");
      assertThat(get(base, "q/metrics").body())
          .contains("model_container_sessions{model=\"m1\"}")
          .contains("model_container_model_load_seconds_count{phase=\"download\"} 1");
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(folder.resolve("work")).isDirectoryNotContaining("glob:**container-*");
    }
  }

  /** The bundled model as the script packs it. */
  private static byte[] packed(Path file) throws Exception {
    var pack =
        new ProcessBuilder("./pack-model", "models/facts", file.toString()).inheritIO().start();
    assertThat(pack.waitFor()).isZero();
    return Files.readAllBytes(file);
  }

  private HttpResponse<String> post(URI base, String path, String body) throws Exception {
    var request = HttpRequest.newBuilder(base.resolve(path)).POST(BodyPublishers.ofString(body));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void aModelThatCannotBeServedEndsIt(@TempDir Path folder) throws Exception {
    String path = endless(folder);
    Files.writeString(folder.resolve("model.pt"), "no model");
    start("-Dmodel.path=" + path);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    await()
        .untilAsserted(
            () ->
                assertThat(log).anyMatch(line -> line.contains("cannot be loaded as TorchScript")));
  }

  @Test
  void aWrongSettingEndsItAndIsNamed() throws Exception {
    start("-Dmodel.session-ttl=0s");

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    await()
        .untilAsserted(() -> assertThat(log).anyMatch(line -> line.contains("model.session-ttl")));
  }

  private void start(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=0"));
    command.addAll(Arrays.asList(options));
    command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader lines = process.inputReader();
    Thread.ofVirtual().start(() -> read(lines));
  }

  private void read(BufferedReader lines) {
    try {
      lines.lines().forEach(log::add);
    } catch (UncheckedIOException ended) {
      // The process was ended while its output was read.
    }
  }

  private URI ready() {
    await().atMost(Duration.ofSeconds(60)).until(() -> port() > 0 || !process.isAlive());
    URI base = URI.create("http://127.0.0.1:%d/".formatted(port()));
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreException(ConnectException.class)
        .until(() -> get(base, "ping").statusCode() == 200);
    return base;
  }

  private int port() {
    return log.stream()
        .map(LISTENING::matcher)
        .filter(Matcher::find)
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .findFirst()
        .orElse(0);
  }

  /** The bundled model with an end that it never says. */
  private static String endless(Path folder) throws IOException {
    for (String name : List.of("model.pt", "words.txt")) {
      Files.copy(Path.of("models/facts", name), folder.resolve(name));
    }
    String manifest = Files.readString(Path.of("models/facts/model.json"));
    Files.writeString(
        folder.resolve("model.json"),
        manifest.replaceAll("\"end\":\\s*\\[\\s*\\d+\\s*]", "\"end\": [0]"));
    return folder.toString();
  }

  private HttpResponse<String> invoke(URI base, String session, String inputs, int tokens)
      throws IOException, InterruptedException {
    return http.send(request(base, session, inputs, tokens), BodyHandlers.ofString());
  }

  private static HttpRequest request(URI base, String session, String inputs, int tokens) {
    String body =
        "{\"inputs\":\"%s\",\"parameters\":{\"max_new_tokens\":%d}}".formatted(inputs, tokens);
    var request = HttpRequest.newBuilder(base.resolve("invocations"));
    if (!session.isEmpty()) {
      request.header("X-Amzn-SageMaker-Session-Id", session);
    }
    return request.POST(BodyPublishers.ofString(body)).build();
  }

  private HttpResponse<String> get(URI base, String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(base.resolve(path)).GET().build(), BodyHandlers.ofString());
  }

  private static String header(HttpResponse<String> response) {
    return response.headers().firstValue("X-Amzn-SageMaker-Session-Id").orElseThrow();
  }
}
