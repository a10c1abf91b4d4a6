/**
 * What the operator configured: read and validated as a whole, and given to each room as its part.
 *
 * <p>{@link io.sessionrouter.settings.Mappings} lists what rooms can be configured with, {@link
 * io.sessionrouter.settings.Settings} is what they are configured with.
 */
@NullMarked
package io.sessionrouter.settings;

import org.jspecify.annotations.NullMarked;
