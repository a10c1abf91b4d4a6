package io.sessionrouter.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What one class or category logs, line by line, until closed. */
public final class LogLines extends Handler implements AutoCloseable {
  private final Logger logger;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<Throwable> causes = new CopyOnWriteArrayList<>();

  public LogLines(Class<?> of) {
    this(of.getName());
  }

  public LogLines(String category) {
    this.logger = Logger.getLogger(category);
    logger.addHandler(this);
  }

  /** Level and text of each line so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** What was thrown, of the lines that have a stack trace. */
  public List<Throwable> causes() {
    return List.copyOf(causes);
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(line.getLevel() + " " + line.getMessage().formatted(line.getParameters()));
    if (line.getThrown() != null) {
      causes.add(line.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
