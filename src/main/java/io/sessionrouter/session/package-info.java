/**
 * Whose request is it: the affinity of every session, in Redis, with a near cache in front.
 *
 * <p>Redis holds the truth; every replica of the router is disposable. {@link
 * io.sessionrouter.session.SessionRoom} puts the room together, {@link
 * io.sessionrouter.session.Sessions} is its door.
 *
 * <h2>In Redis</h2>
 *
 * <dl>
 *   <dt>{@code sr:s:{endpoint:id}}
 *   <dd>one session's record, or for a while its tombstone. Claimed with {@code NX}, refreshed and
 *       ended by compare-and-set in a script, gone by {@code PXAT} some minutes after the session's
 *       end, so that latecomers learn why it ended.
 *   <dt>{@code sr:i:{endpoint:instance}}
 *   <dd>the sessions of one instance by the moment they end, and slots taken for sessions to come.
 *       Advisory: brought after the records, and mended wherever it is found wrong.
 *   <dt>{@code sr:d:{endpoint}}
 *   <dd>the instances that operators drain, each with the moment it was asked for.
 *   <dt>{@code sr:changes}, {@code sr:drains}, {@code sr:echo:replica}
 *   <dd>channels.
 * </dl>
 *
 * <p>No command and no script touches more than one key, so a Redis Cluster serves as well.
 *
 * <h2>How replicas agree</h2>
 *
 * <p>A script that ends a record publishes that in the same step, and the other replicas drop what
 * they remember. Publish and subscribe instead of client tracking: it works alike on one server,
 * with Sentinel and across a cluster, where tracking would need a subscription per node; only ends
 * are told, not every refresh; and this Redis client takes a push that arrives between a command
 * and its reply for the reply.
 *
 * <p>While a replica hears no changes it asks Redis every time. While it cannot ask either, the
 * sessions it remembers go on: their state is on their instances, and refusing them would gain
 * nothing. Once it hears again it forgets everything and asks anew. A reply that was overtaken by
 * news is not remembered.
 *
 * <h2>Time</h2>
 *
 * <p>All moments are of the replicas' clocks, which must be kept within a second or so of each
 * other (NTP does). Redis' clock only decides when records are forgotten, minutes later. A session
 * ends at its absolute expiry, or when it was not used for the idle timeout; last uses are written
 * at most every tenth of that, and a running request counts as use all the time.
 */
@NullMarked
package io.sessionrouter.session;

import org.jspecify.annotations.NullMarked;
