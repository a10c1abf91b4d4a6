package io.sessionrouter.container.host;

import io.sessionrouter.container.session.SessionEnd;
import io.sessionrouter.container.session.Sessions;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Ends expired sessions every second, so that their memory is freed without a request. */
final class Reaper implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Reaper.class);

  private final Sessions sessions;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("session-reaper").daemon().factory());

  Reaper(Sessions sessions) {
    this.sessions = sessions;
  }

  void start() {
    // Ended by the timer's end; what goes wrong in between is logged below.
    var _ = timer.scheduleWithFixedDelay(this::reap, 1, 1, TimeUnit.SECONDS);
  }

  private void reap() {
    try {
      int ended = sessions.reap();
      if (ended > 0) {
        LOG.debugf("%d sessions: %s", ended, SessionEnd.EXPIRED.label());
      }
    } catch (RuntimeException failed) {
      // An exception would end the schedule for good.
      LOG.error("looking for expired sessions failed", failed);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
