package io.sessionrouter.app;

import io.sessionrouter.testing.ModelContainer;
import io.sessionrouter.testing.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Around the router: a real Redis, and the endpoint {@code zoo} with two variants of containers
 * that load models when asked to.
 */
final class RouterWithModels implements Surroundings {
  private static final String PREFIX = "file:///models";
  private static final String ZOO = "session-router.endpoints.zoo.";

  static ModelContainer main;
  static ModelContainer canary;
  private RedisProcess redis;

  @Override
  public Map<String, String> start() {
    try {
      redis = RedisProcess.start();
      main = new ModelContainer(PREFIX, 2);
      canary = new ModelContainer(PREFIX, 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> settings = RouterSettings.of(redis.url());
    RouterSettings.endpoint("zoo", main.url(), settings);
    settings.put(ZOO + "variants.canary.instances", canary.url());
    settings.put(ZOO + "variants.canary.weight", "0");
    settings.put(ZOO + "models.prefix", PREFIX);
    settings.put(ZOO + "models.wait", "1s");
    return settings;
  }

  @Override
  public void stop() {
    for (ModelContainer container : List.of(main, canary)) {
      container.close();
    }
    if (redis != null) {
      redis.close();
    }
  }
}
