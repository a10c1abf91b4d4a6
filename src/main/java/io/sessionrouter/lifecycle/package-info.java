/**
 * What happens to sessions without a request: their instance is lost, their instance drains, they
 * are closed on their container.
 *
 * <p>The room lies above sessions and fleet, which do not know each other: it reports to sessions
 * which instances were lost, and to the fleet which instances drain.
 */
@NullMarked
package io.sessionrouter.lifecycle;

import org.jspecify.annotations.NullMarked;
