package io.sessionrouter.config;

import io.quarkus.runtime.Startup;
import io.sessionrouter.domain.Settings;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Hands the validated configuration to the rooms. */
@Singleton
final class SettingsProducer {

  /** Made at start, before anything listens, so that a wrong value ends the start. */
  @Produces
  @Singleton
  @Startup(1)
  static Settings settings(RouterConfig config) {
    return SettingsReader.read(config);
  }
}
