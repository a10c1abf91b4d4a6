/** Every meter and label of the router, and only here. */
@NullMarked
package io.sessionrouter.telemetry;

import org.jspecify.annotations.NullMarked;
