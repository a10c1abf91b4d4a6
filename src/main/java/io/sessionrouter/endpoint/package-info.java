/**
 * The endpoints that clients may name, and what is configured for each.
 *
 * <p>Every room that keeps something of an endpoint takes its settings from here.
 */
@NullMarked
package io.sessionrouter.endpoint;

import org.jspecify.annotations.NullMarked;
