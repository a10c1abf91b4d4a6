/** For the people who run the router: the management API, readiness, drain and start-up checks. */
@NullMarked
package io.sessionrouter.ops;

import org.jspecify.annotations.NullMarked;
