package io.sessionrouter.session;

import io.vertx.core.Vertx;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.RedisReplicas;
import java.util.function.Function;

/**
 * Makes Redis clients as the user configured them, but for what the session room depends on.
 *
 * <p>Reads go to masters only: a replica may not know yet that a session ended. Reconnects and
 * fail-overs are {@link RedisLink}'s, so the client neither retries nor swaps connections behind
 * its back. Nothing is lent from the pool for long enough to be recycled.
 */
public final class RedisClients implements Function<String, Redis> {
  private final Vertx vertx;
  private final RedisOptions options;

  /**
   * @param configured is copied
   */
  public RedisClients(Vertx vertx, RedisOptions configured) {
    this.vertx = vertx;
    this.options = new RedisOptions(configured);
    options
        .setUseReplicas(RedisReplicas.NEVER)
        .setPreferredProtocolVersion(ProtocolVersion.RESP2)
        .setAutoFailover(false)
        .setPoolCleanerInterval(-1)
        .setPoolRecycleTimeout(-1);
    options.getNetClientOptions().setReconnectAttempts(0);
  }

  /**
   * @param name what metrics call the client
   */
  @Override
  public Redis apply(String name) {
    RedisOptions named = new RedisOptions(options).setPoolName("sessions-" + name);
    named.getNetClientOptions().setMetricsName("redis|sessions-" + name);
    return Redis.createClient(vertx, named);
  }
}
