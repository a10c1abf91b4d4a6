package io.sessionrouter.session;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Values;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How sessions are kept, as users configure it. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface SessionConfig {

  /** Sessions of all endpoints. */
  Store sessions();

  /** How sessions are kept, whatever their endpoint. */
  interface Store {

    /** Sessions of each endpoint in this replica's near cache, so that Redis is not asked again. */
    @WithDefault("100000")
    int nearCacheSize();

    /** How long Redis may take to answer before a request fails with `ServiceUnavailable`. */
    @WithDefault("1s")
    @WithConverter(Values.Time.class)
    Duration storeTimeout();
  }
}
