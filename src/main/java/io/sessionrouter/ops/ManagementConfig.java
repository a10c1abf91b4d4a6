package io.sessionrouter.ops;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** The management port as users configure it. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface ManagementConfig {

  /** The port of health, metrics and the management API. */
  Management management();

  /** The management port, which is configured by `quarkus.http.*`. */
  interface Management {

    /** Whether metrics need no key while callers are authenticated. */
    @WithDefault("false")
    boolean openMetrics();

    /**
     * Names by which the management port may be called, comma-separated, beside IP addresses and
     * `localhost`; a page of another name must not reach it by a browser (DNS rebinding).
     */
    Optional<List<String>> hosts();
  }
}
