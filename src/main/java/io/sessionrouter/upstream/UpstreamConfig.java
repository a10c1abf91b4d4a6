package io.sessionrouter.upstream;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Values;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Connections to instances as users configure them. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface UpstreamConfig {

  /** Connections to instances. */
  Upstream upstream();

  /** Connections from the router to instances. */
  interface Upstream {

    /**
     * How long an unused connection to an instance is kept. Keep it below the containers' own
     * keep-alive (uvicorn: 5s), so that the router closes first.
     */
    @WithDefault("4s")
    @WithConverter(Values.Time.class)
    Duration idleTimeout();

    /** Unused connections kept per instance and event loop. */
    @WithDefault("256")
    int maxIdle();
  }
}
