/**
 * The path of a request and the one place that writes errors. What clients speak is a package of
 * its own; {@code gateway.http1} knows this one, and not the other way round.
 *
 * <p>{@link io.sessionrouter.gateway.Exchange} is the path, step by step.
 */
@NullMarked
package io.sessionrouter.gateway;

import org.jspecify.annotations.NullMarked;
