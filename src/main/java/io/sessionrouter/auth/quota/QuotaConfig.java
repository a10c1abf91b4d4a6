package io.sessionrouter.auth.quota;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/**
 * Quotas of principals as users configure them; the quotas themselves are in the principals file.
 */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface QuotaConfig {

  /** How the quotas of the principals file are counted. */
  QuotaOptions quota();

  /** How the quotas of the principals file are counted. */
  interface QuotaOptions {

    /**
     * The number of routers. Each grants its share of the quotas of requests and bytes per second
     * and of requests in flight; with `1` each grants them whole. Live sessions are counted for all
     * routers together.
     */
    @WithDefault("1")
    int replicas();
  }
}
