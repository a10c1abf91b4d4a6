package io.sessionrouter.session;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * How users configured Redis, by {@code quarkus.redis.*}.
 *
 * <p>Quarkus shows its options when it makes its own client. The room makes clients of its own from
 * them: see {@link RedisLink}.
 */
@Singleton
class ConfiguredRedis implements RedisOptionsCustomizer {
  /** The certificate must be one for the host that was asked for. */
  private static final String VERIFICATION = "HTTPS";

  private volatile @Nullable RedisOptions options;

  @Override
  public void customize(String clientName, RedisOptions shown) {
    verifyHosts(shown.getNetClientOptions());
    if (RedisConfig.DEFAULT_CLIENT_NAME.equals(clientName)) {
      options = new RedisOptions(shown);
    }
  }

  /**
   * A configuration of the TLS registry says nothing of it unless asked to, and nothing is
   * connected to without it.
   */
  private static void verifyHosts(NetClientOptions net) {
    if (net.isSsl() && net.getHostnameVerificationAlgorithm() == null) {
      net.setHostnameVerificationAlgorithm(VERIFICATION);
    }
  }

  RedisOptions options() {
    RedisOptions known = options;
    if (known == null) {
      throw new IllegalStateException("quarkus.redis.hosts: not set (expected: a Redis URL)");
    }
    return known;
  }
}
