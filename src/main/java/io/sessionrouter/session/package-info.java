/**
 * Whose request is it: the affinity of every session, in Redis, with a near cache in front.
 *
 * <p>Redis holds the truth; every replica of the router is disposable.
 */
@NullMarked
package io.sessionrouter.session;

import org.jspecify.annotations.NullMarked;
