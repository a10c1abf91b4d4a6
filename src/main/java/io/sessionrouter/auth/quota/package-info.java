/**
 * How much a principal may use of an endpoint.
 *
 * <p>Rates and requests in flight are counted by each replica for itself, in {@link
 * io.sessionrouter.auth.quota.Quotas}. Live sessions are counted in Redis, exactly for all replicas
 * together, by the room of the sessions.
 */
@NullMarked
package io.sessionrouter.auth.quota;

import org.jspecify.annotations.NullMarked;
