package io.sessionrouter.telemetry;

import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** One log line for every request, if it is on; else nothing is even put together. */
public final class AccessLog {
  /** Writes nothing. */
  public static final AccessLog OFF = new AccessLog(false);

  private static final Logger LOG = Logger.getLogger("io.sessionrouter.access");

  private final boolean on;

  AccessLog(boolean on) {
    this.on = on;
  }

  public boolean on() {
    return on;
  }

  /** Writes what the supplier gives, and closes it. */
  public void write(Supplier<LogFields> request) {
    if (on) {
      try (LogFields fields = request.get()) {
        LOG.infof("request %s", fields);
      }
    }
  }
}
