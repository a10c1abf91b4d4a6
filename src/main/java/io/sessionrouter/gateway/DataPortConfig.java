package io.sessionrouter.gateway;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Values;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The data port as users configure it. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface DataPortConfig {

  /** The data port. */
  Http http();

  /** The port clients call. */
  interface Http {

    /** Address the data port listens on. */
    @WithDefault("0.0.0.0")
    String host();

    /** The data port; 0 takes a free one. */
    @WithDefault("8080")
    int port();

    /** Client connections at the same time; further ones are refused. */
    @WithDefault("16384")
    int maxConnections();

    /** Connections one client address may have at the same time; `none` if unbounded. */
    @WithDefault(Values.NONE)
    Optional<@WithConverter(Values.CountOrNone.class) Integer> maxConnectionsPerAddress();

    /**
     * Memory that clients of both ports may make the router hold: connections, unfinished heads and
     * bodies, responses they do not read. When it is used up, the connection that holds the most
     * for the longest is closed. `half-of-heap`, or a size such as `64M`.
     */
    @WithDefault(Values.HALF)
    Optional<@WithConverter(Values.SizeOrHalf.class) MemorySize> memory();

    /** Time for a request's line and headers to arrive. */
    @WithDefault("10s")
    @WithConverter(Values.Time.class)
    Duration headTimeout();

    /** Longest silence while a request body is awaited. */
    @WithDefault("30s")
    @WithConverter(Values.Time.class)
    Duration bodyTimeout();

    /** How long a kept-alive client connection may wait for its next request. */
    @WithDefault("2m")
    @WithConverter(Values.Time.class)
    Duration idleTimeout();
  }
}
