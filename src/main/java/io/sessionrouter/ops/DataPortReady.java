package io.sessionrouter.ops;

import io.sessionrouter.gateway.DataPortService;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while clients can connect. */
@Readiness
final class DataPortReady implements HealthCheck {
  private final DataPortService port;

  DataPortReady(DataPortService port) {
    this.port = port;
  }

  @Override
  public HealthCheckResponse call() {
    int open = port.port();
    return HealthCheckResponse.named("data-port").status(open >= 0).withData("port", open).build();
  }
}
