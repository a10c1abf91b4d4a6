package io.sessionrouter.app;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.sessionrouter.testing.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Around the router: Redis, an API server, and two containers that only that one knows. */
public final class Cluster implements QuarkusTestResourceLifecycleManager {
  static List<MemoContainer> containers = List.of();
  static FakeKubernetes kubernetes;
  private RedisProcess redis;
  private Path account;

  @Override
  public Map<String, String> start() {
    try {
      redis = RedisProcess.start();
      kubernetes = new FakeKubernetes();
      containers = List.of(MemoContainer.start(), MemoContainer.start());
      account = Files.createTempDirectory("service-account");
      Files.writeString(account.resolve("token"), "token");
      Files.writeString(account.resolve("namespace"), "models");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        "quarkus.redis.hosts", redis.url(),
        "session-router.kubernetes.url", kubernetes.url(),
        "session-router.kubernetes.service-account", account.toString(),
        "session-router.endpoints.chat.variants.main.kubernetes.service", "chat",
        "session-router.endpoints.chat.health.interval", "200ms");
  }

  @Override
  public void stop() {
    containers.forEach(MemoContainer::close);
    if (kubernetes != null) {
      kubernetes.close();
    }
    if (redis != null) {
      redis.close();
    }
    if (account != null) {
      account.resolve("token").toFile().delete();
      account.resolve("namespace").toFile().delete();
      account.toFile().delete();
    }
  }
}
