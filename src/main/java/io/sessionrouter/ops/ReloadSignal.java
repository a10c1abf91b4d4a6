package io.sessionrouter.ops;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.config.RunningConfiguration;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** What SIGHUP means: the configuration files are read again. */
@Singleton
final class ReloadSignal {
  private final RunningConfiguration configuration;

  ReloadSignal(RunningConfiguration configuration) {
    this.configuration = configuration;
  }

  /** Not in tests, whose JVM is not the router's. */
  void onStart(@Observes StartupEvent start) {
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      SystemSignals.handle("HUP", signal -> configuration.readAgain());
    }
  }
}
