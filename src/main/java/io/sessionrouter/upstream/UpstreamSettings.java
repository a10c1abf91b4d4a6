package io.sessionrouter.upstream;

import java.time.Duration;

/**
 * Connections to instances.
 *
 * @param idleTimeout how long an unused connection is kept; less than the containers' keep-alive,
 *     so that the router closes first
 * @param maxIdle unused connections kept per instance and event loop
 */
public record UpstreamSettings(Duration idleTimeout, int maxIdle) {}
