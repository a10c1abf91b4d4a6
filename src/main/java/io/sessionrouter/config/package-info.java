/**
 * Reads and validates what users configure, and gives each room its part of it, {@link
 * io.sessionrouter.config.Settings}.
 */
@NullMarked
package io.sessionrouter.config;

import org.jspecify.annotations.NullMarked;
