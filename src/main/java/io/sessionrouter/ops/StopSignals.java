package io.sessionrouter.ops;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * What SIGTERM and SIGINT mean: the first one drains and ends with exit code 0, the second one ends
 * at once.
 *
 * <p>Handled here, because a JVM that is left to it ends with 143 however orderly it was, and runs
 * its shutdown hooks once only.
 */
@Singleton
final class StopSignals {
  private static final Logger LOG = Logger.getLogger(StopSignals.class);
  private static final int SIGNAL_EXIT_BASE = 128;

  private final Drain drain;
  private final AtomicBoolean ending = new AtomicBoolean();

  StopSignals(Drain drain) {
    this.drain = drain;
  }

  /** Not in tests, whose JVM is not the router's. */
  void onStart(@Observes StartupEvent start) {
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      List.of("TERM", "INT").forEach(name -> SystemSignals.handle(name, this::received));
    }
  }

  private void received(int signal) {
    if (ending.compareAndSet(false, true)) {
      Thread.ofPlatform().name("drain").start(this::end);
    } else {
      Runtime.getRuntime().halt(SIGNAL_EXIT_BASE + signal);
    }
  }

  private void end() {
    try {
      drain.run();
      Quarkus.asyncExit(0);
    } catch (InterruptedException | RuntimeException failed) {
      LOG.error("drain failed", failed);
      Quarkus.asyncExit(1);
    }
  }
}
