package io.sessionrouter.app;

import io.sessionrouter.testing.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Around the router: a real Redis, two containers of the endpoint {@code chat}, and one whose
 * answers a test writes, behind endpoints with different patience.
 */
final class RouterWithRedis implements Surroundings {
  static List<MemoContainer> containers = List.of();
  static @Nullable ScriptedContainer scripted;
  static @Nullable RedisProcess redis;

  @Override
  public Map<String, String> start() {
    try {
      redis = RedisProcess.start();
      containers = List.of(MemoContainer.start(), MemoContainer.start());
      scripted = ScriptedContainer.start();
      return properties(redis, scripted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> properties(RedisProcess redis, ScriptedContainer scripted) {
    Map<String, String> properties = RouterSettings.of(redis.url());
    RouterSettings.endpoint(
        "chat", containers.getFirst().url() + "," + containers.getLast().url(), properties);
    RouterSettings.endpoint("script", scripted.url(), properties);
    RouterSettings.endpoint("hasty", scripted.url(), properties);
    properties.put("session-router.endpoints.hasty.timeouts.stream", "500ms");
    RouterSettings.endpoint("restless", scripted.url(), properties);
    properties.put("session-router.endpoints.restless.sessions.idle-timeout", "2s");
    return properties;
  }

  @Override
  public void stop() {
    containers.forEach(MemoContainer::close);
    if (scripted != null) {
      scripted.close();
    }
    if (redis != null) {
      redis.close();
    }
  }
}
