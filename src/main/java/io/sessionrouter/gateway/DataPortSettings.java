package io.sessionrouter.gateway;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The data port.
 *
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param maxConnections client connections beyond it are refused with {@code ServiceUnavailable}
 * @param maxConnectionsPerAddress the same for one client address; null if unbounded
 * @param memory in bytes, that clients may make the router hold
 * @param headTimeout from a request's first byte (or the connection's begin) to its head's end
 * @param bodyTimeout longest silence while a request body is awaited
 * @param idleTimeout how long a kept-alive connection may wait for its next request
 */
public record DataPortSettings(
    String host,
    int port,
    int maxConnections,
    @Nullable Integer maxConnectionsPerAddress,
    long memory,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration idleTimeout) {}
