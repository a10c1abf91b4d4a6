/**
 * All that is said to model containers, and how their replies are read: header names, paths, health
 * checks, model calls, session calls.
 *
 * <p>This room knows the container contract and nothing of who uses it. What an instance is, is the
 * fleet's; how a client's request travels is upstream's; both take their header names, paths and
 * statuses from here.
 *
 * <p>A call that is not a client's request is bounded: in time, in the bytes of its reply, and in
 * the connections it may open.
 */
@NullMarked
package io.sessionrouter.container;

import org.jspecify.annotations.NullMarked;
