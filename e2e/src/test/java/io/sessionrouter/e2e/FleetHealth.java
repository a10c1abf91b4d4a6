package io.sessionrouter.e2e;

import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.RouterPlan;
import java.time.Duration;

/**
 * What a router thinks of its instances.
 *
 * <p>A router is ready as soon as it has asked them, but on a slow machine they may not have
 * answered in time.
 */
final class FleetHealth {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private FleetHealth() {}

  /** Waits until all instances of the router's endpoint get new work. */
  static void awaitAll(RouterPlan router) {
    await("health of all instances of " + router.endpoint())
        .atMost(PATIENCE)
        .until(() -> areHealthy(new RouterClient(router), router.endpoint()));
  }

  private static boolean areHealthy(RouterClient client, String endpoint) {
    String states = client.manage("/v1/endpoints/" + endpoint + "/instances").body();
    return states.contains("\"HEALTHY\"") && !states.matches("(?s).*\"(UN\\w+|GONE)\".*");
  }
}
