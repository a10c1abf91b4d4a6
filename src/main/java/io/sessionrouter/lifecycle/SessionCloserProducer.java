package io.sessionrouter.lifecycle;

import io.sessionrouter.container.CloseCalls;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Offers the other rooms a way to close sessions on containers. */
final class SessionCloserProducer {

  @Produces
  @Singleton
  SessionCloser closer(FleetView fleet, Vertx vertx, Tls tls) {
    return new ContainerSessionCloser(fleet, new CloseCalls(vertx, tls.instances()));
  }
}
