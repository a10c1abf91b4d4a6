package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that a test runs, with everything it prints. */
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final List<String> command;
  private final Process process;

  @SuppressWarnings("JdkObsolete") // one thread writes, others read
  private final StringBuffer output = new StringBuffer();

  private final Thread reader;

  private Program(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::readOutput);
  }

  static Program start(Path folder, Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    try {
      Process process = builder.redirectErrorStream(true).start();
      process.getOutputStream().close();
      return new Program(command, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readOutput() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
      }
    } catch (IOException e) {
      output.append(e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  String output() {
    return output.toString();
  }

  /** Waits until it has printed the text, and fails if it ends without. */
  void awaitOutput(String text) {
    await("\"%s\" in the output of %s".formatted(text, this))
        .atMost(PATIENCE)
        .until(() -> output().contains(text) || !reader.isAlive());
    assertThat(output()).as("output of %s", this).contains(text);
  }

  /** Waits for its end and requires the exit code. */
  void awaitExit(int expected) throws InterruptedException {
    awaitEnd();
    assertThat(process.exitValue())
        .as("exit code of %s, which printed:%n%s", this, output())
        .isEqualTo(expected);
  }

  /** Waits for its end, whatever it is. */
  void awaitEnd() throws InterruptedException {
    boolean ended = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(ended).as("%s has ended; so far it printed:%n%s", this, output()).isTrue();
    assertThat(reader.join(PATIENCE)).as("the output of %s has ended", this).isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }
}
