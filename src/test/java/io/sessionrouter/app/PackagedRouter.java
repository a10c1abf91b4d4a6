package io.sessionrouter.app;

import io.restassured.RestAssured;
import io.restassured.config.HttpClientConfig;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs what was built, the jar or the native binary, while the tests of a class run; REST-assured
 * calls its management port.
 */
final class PackagedRouter implements BeforeAllCallback, AfterAllCallback {
  private static final int PATIENCE_MILLIS = (int) TimeUnit.SECONDS.toMillis(60);

  private final Surroundings around;
  private RouterProcess router;

  PackagedRouter(Surroundings around) {
    this.around = around;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    router = RouterProcess.start(around.start());
    URI management = router.management();
    RestAssured.baseURI = "http://" + management.getHost();
    RestAssured.port = management.getPort();
    RestAssured.config =
        RestAssured.config()
            .httpClient(
                HttpClientConfig.httpClientConfig()
                    .setParam("http.connection.timeout", PATIENCE_MILLIS)
                    .setParam("http.socket.timeout", PATIENCE_MILLIS));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    RestAssured.reset();
    if (router != null) {
      router.close();
    }
    around.stop();
  }
}
