/**
 * Reads and validates what users configure, and hands it to the rooms as {@link
 * io.sessionrouter.domain.Settings}.
 */
@NullMarked
package io.sessionrouter.config;

import org.jspecify.annotations.NullMarked;
