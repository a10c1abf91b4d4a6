/**
 * For the people who run the router: the management API, readiness, drain and start-up checks.
 *
 * <p>All of it is served on the management port by Quarkus: {@code /v1}, described at {@code
 * /q/openapi}, beside {@code /q/health} and {@code /q/metrics}.
 */
@NullMarked
package io.sessionrouter.ops;

import org.jspecify.annotations.NullMarked;
