package io.sessionrouter.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process that was started, with the file it logs to. */
public final class Child {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int LAST_LINES = 20;

  private final Service service;
  private final Process process;
  private final Path log;

  private Child(Service service, Process process, Path log) {
    this.service = service;
    this.process = process;
    this.log = log;
  }

  public static Child start(Service service, Path logs) {
    Path log = logs.resolve(service.name() + ".log");
    ProcessBuilder builder = new ProcessBuilder(service.command());
    builder.environment().putAll(service.environment());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      Files.createDirectories(logs);
      Process process = builder.start();
      process.getOutputStream().close();
      return new Child(service, process, log);
    } catch (IOException e) {
      throw new StartFailure("%s: cannot start it: %s".formatted(service.name(), e.getMessage()));
    }
  }

  public String name() {
    return service.name();
  }

  public Service service() {
    return service;
  }

  public Path log() {
    return log;
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public CompletableFuture<Child> onExit() {
    return process.onExit().thenApply(ended -> this);
  }

  /**
   * Waits until the process answers.
   *
   * @throws StartFailure if it ends before, or takes too long
   */
  public void awaitReady() {
    awaitReady(waited -> {});
  }

  /**
   * Waits until it is ready, and reports how long that takes.
   *
   * @param waiting receives again and again how long it has been
   */
  public void awaitReady(Consumer<Duration> waiting) {
    long begin = System.nanoTime();
    try {
      while (!service.ready().ready()) {
        Duration waited = Duration.ofNanos(System.nanoTime() - begin);
        requireAlive();
        requireWithin(waited);
        waiting.accept(waited);
        Thread.sleep(POLL);
      }
      requireAlive(); // somebody else may have answered in its place
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("Interrupted while waiting for %s.".formatted(name()));
    }
  }

  private void requireAlive() {
    if (!alive()) {
      throw new StartFailure(
          "%s ended while starting (exit code %d).%s".formatted(name(), exitCode(), lastWords()));
    }
  }

  private void requireWithin(Duration waited) {
    if (waited.compareTo(service.patience()) > 0) {
      throw new StartFailure(
          "%s is not ready after %d s.%s".formatted(name(), waited.toSeconds(), lastWords()));
    }
  }

  /** Only of a process that has ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** The end of its log and where the rest is, as the tail of a message. */
  public String lastWords() {
    List<String> lines = logLines();
    List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
    String indented = String.join(System.lineSeparator() + "  | ", last);
    return " Its log is %s, and ends:%n  | %s".formatted(log, indented);
  }

  private List<String> logLines() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks it to end. */
  public void terminate() {
    process.destroy();
  }

  /** Ends it without asking, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Waits for its end, and after the given time ends it without asking. */
  public void awaitEnd(Duration grace) {
    try {
      if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill();
    }
  }
}
