package io.sessionrouter.domain;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The validated configuration of the router, as the rooms use it.
 *
 * @param endpoints by name
 */
public record Settings(Http http, Upstream upstream, Map<String, Endpoint> endpoints) {

  /**
   * The data port.
   *
   * @param host address to listen on
   * @param port 0 takes a free one
   * @param maxConnections client connections beyond it are refused with {@code ServiceUnavailable}
   * @param headTimeout from a request's first byte (or the connection's begin) to its head's end
   * @param bodyTimeout longest silence while a request body is awaited
   * @param idleTimeout how long a kept-alive connection may wait for its next request
   */
  public record Http(
      String host,
      int port,
      int maxConnections,
      Duration headTimeout,
      Duration bodyTimeout,
      Duration idleTimeout) {}

  /**
   * The router's own end.
   *
   * @param delay how long it goes on as before once it says that it is not ready
   * @param timeout how long requests and streams may then take to end
   */
  public record Drain(Duration delay, Duration timeout) {}

  /**
   * Connections to instances.
   *
   * @param idleTimeout how long an unused connection is kept; less than the containers' keep-alive,
   *     so that the router closes first
   * @param maxIdle unused connections kept per instance and event loop
   */
  public record Upstream(Duration idleTimeout, int maxIdle) {}

  /** One endpoint: what clients name in the path. */
  public record Endpoint(
      String name,
      List<Variant> variants,
      Sessions sessions,
      Limits limits,
      Timeouts timeouts,
      Health health) {}

  /**
   * A set of instances that serve the same model build.
   *
   * @param weight share of new work, relative to the other variants' weights; 0 takes none
   */
  public record Variant(String name, int weight, List<URI> instances) {}

  /**
   * @param maxTtl longest life of a session, whatever the container says
   * @param idleTimeout null if sessions do not end by being idle
   * @param maxPerInstance null if unbounded
   * @param closePayload body of the request that tells a container to close a session
   */
  public record Sessions(
      Duration maxTtl,
      @Nullable Duration idleTimeout,
      @Nullable Integer maxPerInstance,
      String closePayload) {}

  /**
   * @param maxBody bytes
   */
  public record Limits(long maxBody) {}

  /**
   * @param connect until a connection to an instance is open
   * @param firstByte from the request's end to the response's head
   * @param stream from the response's head to its end
   */
  public record Timeouts(Duration connect, Duration firstByte, Duration stream) {}

  /** Active health checks. */
  public record Health(String path, Duration interval, Duration timeout) {}
}
