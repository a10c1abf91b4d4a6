package io.sessionrouter.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The processes that were started together; closing it ends all of them. */
public final class Children implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Path logs;
  private final Consumer<List<Child>> onChange;
  private final List<Child> started = new ArrayList<>();
  private volatile boolean closed;

  /**
   * @param onChange is notified of the processes whenever there is a new one
   */
  public Children(Path logs, Consumer<List<Child>> onChange) {
    this.logs = logs;
    this.onChange = onChange;
  }

  public Children(Path logs) {
    this(logs, children -> {});
  }

  /** Starts one and does not wait for it. */
  public synchronized Child start(Service service) {
    if (closed) {
      throw new StartFailure(
          "Not starting %s: the demo is being stopped.".formatted(service.name()));
    }
    Child child = Child.start(service, logs);
    started.removeIf(earlier -> !earlier.alive());
    started.add(child);
    onChange.accept(List.copyOf(started));
    return child;
  }

  /** Starts one and waits until it answers. */
  public Child startAndAwait(Service service) {
    Child child = start(service);
    child.awaitReady();
    return child;
  }

  /** Whether they are being ended, or have been. */
  public boolean closed() {
    return closed;
  }

  public synchronized List<Child> running() {
    return started.stream().filter(Child::alive).toList();
  }

  /** Ends the last one first, so that nobody misses what it depends on. */
  @Override
  public synchronized void close() {
    closed = true;
    List<Child> backwards = started.reversed();
    backwards.forEach(Child::terminate);
    backwards.forEach(child -> child.awaitEnd(GRACE));
  }
}
