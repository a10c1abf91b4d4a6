/**
 * What the readers of all rooms need: how values are written, and how what is wrong is noted.
 *
 * <p>A room that can be configured has a mapping of its keys ({@code XConfig}), a record of what it
 * uses, and a reader that checks the one and makes the other of it. {@code settings} reads all of
 * them as one.
 */
@NullMarked
package io.sessionrouter.config;

import org.jspecify.annotations.NullMarked;
