package io.sessionrouter.endpoint;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How sessions begin and end.
 *
 * @param maxTtl longest life of a session, whatever the container says
 * @param idleTimeout null if sessions do not end by being idle
 * @param maxPerInstance null if unbounded
 * @param openHeader how a container is asked to open a session
 * @param closePayload body of the request that asks a container to close a session
 */
public record SessionSettings(
    Duration maxTtl,
    @Nullable Duration idleTimeout,
    @Nullable Integer maxPerInstance,
    OpenHeader openHeader,
    String closePayload) {

  /** Sessions whose openings containers see by the router's own header. */
  public SessionSettings(
      Duration maxTtl,
      @Nullable Duration idleTimeout,
      @Nullable Integer maxPerInstance,
      String closePayload) {
    this(maxTtl, idleTimeout, maxPerInstance, OpenHeader.ROUTER, closePayload);
  }
}
