/**
 * What the operator configured: read and validated as a whole, and given to each room as its part.
 *
 * <p>{@link io.sessionrouter.settings.Mappings} lists what rooms can be told, {@link
 * io.sessionrouter.settings.Settings} is what they are told.
 */
@NullMarked
package io.sessionrouter.settings;

import org.jspecify.annotations.NullMarked;
