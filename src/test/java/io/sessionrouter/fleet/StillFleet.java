package io.sessionrouter.fleet;

import static io.sessionrouter.fleet.Endpoints.catalog;
import static io.sessionrouter.fleet.Endpoints.endpoint;

import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.testing.MutableClock;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * A fleet by the test's clock. Nothing listens at the instances, and no check runs in a test: what
 * checks find, the test says.
 */
abstract class StillFleet {
  private static final Duration RARELY = Duration.ofHours(1);

  private static Vertx vertx;

  final MutableClock clock = new MutableClock();
  final EndpointCatalog catalog;
  final FleetMonitor fleet;
  private final ViewedFleet viewed;

  StillFleet(VariantSettings... variants) {
    catalog = catalog(of(variants));
    viewed = new ViewedFleet(vertx, catalog, clock);
    fleet = viewed.monitor();
  }

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void stop() {
    viewed.close();
  }

  static EndpointSettings of(VariantSettings... variants) {
    return endpoint(null, RARELY, RARELY, variants);
  }

  final EndpointFleet chat() {
    return fleet.current().endpoint("chat");
  }
}
