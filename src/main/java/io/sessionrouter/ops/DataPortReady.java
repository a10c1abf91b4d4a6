package io.sessionrouter.ops;

import io.sessionrouter.gateway.http1.DataPortService;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while clients can connect, and may. */
@Readiness
final class DataPortReady implements HealthCheck {
  private final DataPortService port;

  DataPortReady(DataPortService port) {
    this.port = port;
  }

  @Override
  public HealthCheckResponse call() {
    int open = port.port();
    boolean leaving = port.leaving();
    return HealthCheckResponse.named("data-port")
        .status(open >= 0 && !leaving)
        .withData("port", open)
        .withData("draining", leaving)
        .build();
  }
}
