package io.sessionrouter.local;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Offers the person at the terminal to start again what ended. */
final class Restarts {
  private static final Path STATUS = Path.of("/proc/self/stat");
  private static final int GROUP = 2;
  private static final int FOREGROUND_GROUP = 5;

  private final Children children;
  private final Progress progress;
  private final Consumer<Child> onRestart;
  private final BufferedReader answers;
  private final BooleanSupplier someoneIsThere;
  private final List<Service> ended = new ArrayList<>();
  private boolean reading;

  /**
   * @param onRestart receives each new process once it answers
   * @param someoneIsThere whether a line can be read now
   */
  Restarts(
      Children children,
      Progress progress,
      Consumer<Child> onRestart,
      Reader answers,
      BooleanSupplier someoneIsThere) {
    this.children = children;
    this.progress = progress;
    this.onRestart = onRestart;
    this.answers = new BufferedReader(answers);
    this.someoneIsThere = someoneIsThere;
  }

  static Restarts ofTerminal(Children children, Progress progress, Consumer<Child> onRestart) {
    Reader answers = new InputStreamReader(System.in, Charset.defaultCharset());
    return new Restarts(children, progress, onRestart, answers, Restarts::inForeground);
  }

  /** The system stops a background process that reads from its terminal. */
  @SuppressWarnings("SystemConsoleNull") // NullAway takes it for nullable, as it was
  private static boolean inForeground() {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      return false;
    }
    try {
      String status = Files.readString(STATUS);
      String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ", -1);
      return fields[GROUP].equals(fields[FOREGROUND_GROUP]);
    } catch (IOException e) {
      return false; // another system than Linux
    }
  }

  /** Asks, if someone is there to answer. */
  synchronized void offer(Child child) {
    if (!someoneIsThere.getAsBoolean()) {
      return;
    }
    ended.add(child.service());
    progress.print("Press Enter to start %s again.".formatted(child.name()));
    if (!reading) {
      reading = true;
      Thread.ofPlatform().daemon().name("restarts").start(this::readOn);
    }
  }

  /** Reads only while something waits for an answer. */
  private void readOn() {
    try {
      do {
        if (answers.readLine() == null) {
          return;
        }
        take().forEach(this::restart);
      } while (moreWaits());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized List<Service> take() {
    List<Service> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  private synchronized boolean moreWaits() {
    reading = !ended.isEmpty();
    return reading;
  }

  private void restart(Service service) {
    try {
      progress.step("%s: starting again on %s".formatted(service.name(), service.url()));
      Child child = children.start(service);
      child.awaitReady(new StillWaiting(child, progress));
      progress.step("%s: ready, process %d".formatted(service.name(), child.pid()));
      onRestart.accept(child);
    } catch (StartFailure e) {
      progress.print(String.valueOf(e.getMessage()));
    }
  }
}
