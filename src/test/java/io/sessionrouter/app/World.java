package io.sessionrouter.app;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.sessionrouter.testing.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Around the router: a real Redis, and two containers of the endpoint {@code chat}. */
public final class World implements QuarkusTestResourceLifecycleManager {
  static List<MemoContainer> containers = List.of();
  private RedisProcess redis;

  @Override
  public Map<String, String> start() {
    try {
      redis = RedisProcess.start();
      containers = List.of(MemoContainer.start(), MemoContainer.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        "quarkus.redis.hosts",
        redis.url(),
        "quarkus.http.host",
        "127.0.0.1",
        "session-router.http.host",
        "127.0.0.1",
        "session-router.http.port",
        "0",
        "session-router.drain.delay",
        "0s",
        "session-router.endpoints.chat.variants.main.instances",
        containers.getFirst().url() + "," + containers.getLast().url(),
        "session-router.endpoints.chat.health.interval",
        "200ms");
  }

  @Override
  public void stop() {
    containers.forEach(MemoContainer::close);
    if (redis != null) {
      redis.close();
    }
  }
}
