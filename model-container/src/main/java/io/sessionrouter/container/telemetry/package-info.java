/** Every meter and label of the container, and only here. */
@NullMarked
package io.sessionrouter.container.telemetry;

import org.jspecify.annotations.NullMarked;
