package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** The router under test as seen from outside, whether it is in this JVM, a jar or a binary. */
final class Running {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Running() {}

  /** Where clients call it. */
  static String url() {
    int port =
        when()
            .get("/q/health/ready")
            .jsonPath()
            .getInt("checks.find { it.name == 'data-port' }.data.port");
    return "http://127.0.0.1:" + port;
  }

  /** Until both containers of the endpoint get new work. */
  static void awaitHealthy() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                when()
                    .get("/v1/endpoints/chat/instances")
                    .jsonPath()
                    .getList("state")
                    .equals(List.of("HEALTHY", "HEALTHY")));
  }
}
