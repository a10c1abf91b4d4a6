/**
 * The whole system on one machine: starts Redis, the model containers and the router as processes,
 * waits until they answer, and stops them again.
 */
@NullMarked
package io.sessionrouter.local;

import org.jspecify.annotations.NullMarked;
