package io.sessionrouter.session;

import io.sessionrouter.testing.RedisClusterProcesses;
import io.vertx.redis.client.RedisOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class ClusterSessionsTest extends SessionsContract {
  private static RedisClusterProcesses redis;

  @BeforeAll
  static void startRedis() {
    redis = RedisClusterProcesses.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @Override
  RedisOptions options() {
    return redis.options();
  }
}
