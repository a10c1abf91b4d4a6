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
 *       Advisory: brought after the records, and mended wherever it is found wrong. A session that
 *       is being reaped stands at the negative of the moment until which a replica claims it.
 *   <dt>{@code sr:o:{endpoint:owner}}
 *   <dd>the sessions of one principal by the moment they end at the latest, and slots taken for
 *       sessions to come. Advisory like the index of an instance.
 *   <dt>{@code sr:active}
 *   <dd>instances on which sessions were opened lately, so that no replica has to ask for the
 *       sessions of those that nobody uses.
 *   <dt>{@code sr:d:{endpoint}}
 *   <dd>the instances that operators drain, each with the moment it was asked for.
 *   <dt>{@code sr:drains-changed}
 *   <dd>endpoints whose drain marks changed lately.
 *   <dt>{@code sr:w:{…}}
 *   <dd>stored for a few seconds, to find out whether Redis takes writes.
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
 * are published, not every refresh; and this Redis client takes a push that arrives between a
 * command and its reply for the reply.
 *
 * <p>What a replica remembers is trusted for a lease of one and a half seconds, counted from the
 * moment at which a probe was sent that came back over the subscription: all that was published
 * before the probe is known by then. So a replica that was paused, or whose subscription is down,
 * refused or brings nothing, asks Redis every time until a probe comes back; nothing that another
 * replica ended is answered from memory for longer than the lease. What remains: a request that was
 * let in before a pause goes on after it, and on a Redis Cluster a message can be lost between the
 * nodes while the probe is not. A container that knows its sessions refuses those.
 *
 * <p>While Redis cannot be asked, the sessions that a replica remembers go on: their state is on
 * their instances, and refusing them would gain nothing. Once a new subscription begins it forgets
 * everything and asks anew. A reply that was overtaken by news is not remembered.
 *
 * <h2>What was not answered</h2>
 *
 * <p>A command that timed out may have been carried out, or may be yet to be. So it is undone or
 * done again as soon as Redis answers: a claim is ended, a slot released, an end written, a member
 * removed. Redis' errors are answers: each state is logged once in Redis' own words, and while
 * Redis refuses writes no session is opened, before a container computes anything for it.
 *
 * <h2>Reaping</h2>
 *
 * <p>Every replica looks at the indexes that are not empty. Whoever claims a member whose time is
 * over notifies the container and then removes it; a claim that ends without that is another's. A
 * session that ends by its absolute time is ended in Redis after its container was notified, so
 * that all that is known of it stays until then; one that was idle before, since it may be used up
 * to that moment. A container that never answers frees the memory by its own expiry.
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
