/** Which instance: the fleet as an immutable snapshot, the health of its members, and placement. */
@NullMarked
package io.sessionrouter.fleet;

import org.jspecify.annotations.NullMarked;
