/**
 * Which instance: the fleet as an immutable snapshot, the health of its members, and placement.
 *
 * <p>{@link io.sessionrouter.fleet.Health} is the state machine; {@code MemberWatch} feeds it with
 * active checks, {@link io.sessionrouter.fleet.FleetView} with what the gateway sees of requests.
 * After three failed checks in a row an instance gets no new work until one passes. {@code
 * Ejections} judges broken requests: whose fault they may be, and how many instances may be out for
 * them.
 *
 * <p>Instances are configured, or found by {@code fleet.discovery}; {@code Membership} merges what
 * all sources of an endpoint say. An instance is known by its id, whatever its address.
 *
 * <h2>When a session is lost</h2>
 *
 * <p>A session belongs to one incarnation of one container: to the boot id that the container
 * reports in the header {@code X-Session-Router-Boot-Id}, new at each of its starts, or else to its
 * pod or its address. {@code Incarnation} keeps what is known of an instance's incarnations, and
 * holds the rule of evidence: a session is lost only if its incarnation has certainly ended.
 * Another one was found in its place; nothing listens where it was found; or it left. An address
 * proves something about incarnations that this replica never met only if it certainly belongs to
 * the instance, and only for sessions that were stored before: {@code SnapshotValidity} says until
 * when. An answer is as old as its question. A session whose loss is not certain is unavailable
 * until more is known. {@code docs/session-loss.md} has the whole rule, with its bounds.
 *
 * <h2>Draining</h2>
 *
 * <p>An instance may be healthy and get no new work all the same, neither sessions nor stateless
 * requests; its sessions go on: see {@link io.sessionrouter.fleet.DrainReason}. A container says so
 * itself by answering its health checks with the header {@code X-Session-Router-Draining: true},
 * and status 503 (so that Kubernetes does not hold it ready either) or 200. Without that header a
 * 503 is a failed check like any other. The container goes on serving its sessions, and for at
 * least one check interval new work too, since the router learns of it by the next check only; its
 * boot id stays as it was. It takes the draining back by answering without the header.
 */
@NullMarked
package io.sessionrouter.fleet;

import org.jspecify.annotations.NullMarked;
