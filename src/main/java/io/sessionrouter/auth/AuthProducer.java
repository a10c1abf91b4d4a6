package io.sessionrouter.auth;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.telemetry.AuthMeters;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/** Makes the room of authentication part of the application. */
@Singleton
class AuthProducer {
  private static final Logger LOG = Logger.getLogger(AuthProducer.class);

  /** Made at start, before anything listens, so that a file that is wrong ends the start. */
  @Produces
  @Singleton
  @Startup(2)
  PrincipalsWatch principals(Vertx vertx, AuthSettings settings, AuthMeters meters) {
    return new PrincipalsWatch(vertx, settings.principals(), meters, InstantSource.system());
  }

  @Produces
  @Singleton
  Authenticator authenticator(AuthSettings settings, PrincipalsWatch principals) {
    return settings.on()
        ? Authenticators.known(principals, settings.region(), InstantSource.system())
        : Authenticators.none();
  }

  void start(
      @Observes @Priority(StartOrder.CONFIGURATION_WATCH) StartupEvent start,
      AuthSettings settings,
      PrincipalsWatch principals) {
    if (settings.open()) {
      LOG.warn(
          "callers are not distinguished: everybody may do everything (session-router.auth=none)");
    }
    principals.start();
  }

  void stop(@Observes ShutdownEvent stop, PrincipalsWatch principals) {
    principals.stop();
  }
}
