package io.sessionrouter.app;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged router as a process of the test's own. */
final class RouterProcess implements AutoCloseable {
  private static final Path BUILD = Path.of("target");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("Listening on: (http://[0-9.]+:\\d+)");

  private final Process process;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;

  private RouterProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(
            follow(process.inputReader(StandardCharsets.UTF_8), log),
            follow(process.errorReader(StandardCharsets.UTF_8), errors));
  }

  /** Starts what was built, the jar or the native binary, on a free management port. */
  static RouterProcess start(Map<String, String> settings) throws IOException {
    return start(settings, "128m");
  }

  /** The same, with such a heap at most. */
  static RouterProcess start(Map<String, String> settings, String heap) throws IOException {
    List<String> command = new ArrayList<>();
    Artifact artifact = Artifact.built();
    if (!artifact.binary) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      // It ends before the second compiler's work would pay.
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx" + heap));
      command.add("--enable-native-access=ALL-UNNAMED");
      Path cache = artifact.file.resolveSibling("app.aot");
      if (Files.exists(cache)) {
        command.add("-XX:AOTCache=" + cache);
      }
    }
    command.add("-Dquarkus.http.port=0");
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(artifact.binary ? List.of("-Xmx" + heap) : List.of("-jar"));
    command.add(artifact.binary ? 0 : command.size(), artifact.file.toString());
    return new RouterProcess(new ProcessBuilder(command).start());
  }

  /** Runs a command of what was built, for which no router is started. */
  static Process command(List<String> words) throws IOException {
    List<String> command = new ArrayList<>();
    Artifact artifact = Artifact.built();
    if (!artifact.binary) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"));
    }
    command.add(artifact.file.toString());
    command.addAll(words);
    return new ProcessBuilder(command).start();
  }

  private static Thread follow(BufferedReader output, List<String> into) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try (output) {
                output.lines().forEach(into::add);
              } catch (IOException e) {
                into.add(e.toString());
              }
            });
  }

  /** Where its management port is, once it has started. */
  URI management() {
    await("started").atMost(PATIENCE).until(() -> !process.isAlive() || listening() != null);
    String url = listening();
    if (url == null) {
      throw new AssertionError("The router ended while starting: " + errors + log);
    }
    return URI.create(url);
  }

  private String listening() {
    return log.stream()
        .map(LISTENING::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .findFirst()
        .orElse(null);
  }

  /** SIGTERM. By its handle, since a process that is destroyed has its output closed, too. */
  void signal() {
    process.toHandle().destroy();
  }

  /** Another signal, by its name. */
  void signal(String name) throws IOException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().onExit().join();
  }

  /** Its exit code, once it has ended and all it logged is known. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("The router does not end: " + log);
    }
    for (Thread reader : readers) {
      reader.join(PATIENCE);
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote to standard output, line by line. */
  List<String> log() {
    return log;
  }

  /** What it wrote to standard error. */
  String errors() {
    return String.join("\n", errors);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** What the build says that it built. */
  private record Artifact(boolean binary, Path file) {
    static Artifact built() throws IOException {
      Properties properties = new Properties();
      try (Reader in = Files.newBufferedReader(BUILD.resolve("quarkus-artifact.properties"))) {
        properties.load(in);
      }
      Path file = BUILD.resolve(properties.getProperty("path")).toAbsolutePath();
      return new Artifact("native".equals(properties.getProperty("type")), file);
    }
  }
}
