package io.sessionrouter.ops;

import io.sessionrouter.session.StoreHealth;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while sessions can be looked up and stored. */
@Readiness
final class SessionStoreReady implements HealthCheck {
  private final StoreHealth store;

  SessionStoreReady(StoreHealth store) {
    this.store = store;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder answer =
        HealthCheckResponse.named("session-store")
            .status(store.available())
            .withData("subscribed", store.subscribed());
    String error = store.lastError();
    return error == null ? answer.build() : answer.withData("error", error).build();
  }
}
