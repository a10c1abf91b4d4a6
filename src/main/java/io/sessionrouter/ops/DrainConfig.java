package io.sessionrouter.ops;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Values;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The router's own end as users configure it. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface DrainConfig {

  /** The router's own end. */
  Drain drain();

  /** What happens on SIGTERM. */
  interface Drain {

    /**
     * How long the router keeps serving after it reports that it is not ready, so that load
     * balancers notice.
     */
    @WithDefault("5s")
    @WithConverter(Values.Time.class)
    Duration delay();

    /** How long requests and streams may then take to end. */
    @WithDefault("60s")
    @WithConverter(Values.Time.class)
    Duration timeout();
  }
}
