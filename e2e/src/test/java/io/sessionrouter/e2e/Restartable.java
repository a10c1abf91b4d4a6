package io.sessionrouter.e2e;

import io.sessionrouter.local.Child;
import io.sessionrouter.local.Children;
import io.sessionrouter.local.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** A process that a test kills and starts again at the same address. */
final class Restartable {
  private final Children children;
  private final Service service;
  private Child child;

  private Restartable(Children children, Service service) {
    this.children = children;
    this.service = service;
    this.child = children.start(service);
  }

  /** Starts it and does not wait. */
  static Restartable start(Children children, Service service) {
    return new Restartable(children, service);
  }

  Service service() {
    return service;
  }

  Restartable awaitReady() {
    child.awaitReady();
    return this;
  }

  /** Ends it by SIGKILL, at once. */
  void kill() {
    child.kill();
  }

  /** Stops it by SIGSTOP: it keeps its connections, and answers nothing. */
  void freeze() {
    send("STOP");
  }

  /** Lets it go on after {@link #freeze}. */
  void thaw() {
    send("CONT");
  }

  private void send(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, String.valueOf(child.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks it to end by SIGTERM, and does not wait. */
  void signal() {
    child.terminate();
  }

  /** Waits for its end; its exit code. */
  int awaitExit(Duration patience) {
    child.awaitEnd(patience);
    return child.exitCode();
  }

  /** Ends it by SIGTERM. */
  void terminate() {
    child.terminate();
    child.awaitEnd(Duration.ofSeconds(30));
  }

  /** Starts it again if it does not run, and waits until it answers. */
  void ensureRunning() {
    if (!child.alive()) {
      child = children.start(service);
    }
    child.awaitReady();
  }
}
