/**
 * Which instance: the fleet as an immutable snapshot, the health of its members, and placement.
 *
 * <p>{@link io.sessionrouter.fleet.Health} is the state machine; {@code MemberWatch} feeds it with
 * active checks, {@link io.sessionrouter.fleet.FleetView} with what the gateway sees of requests.
 * After three failed checks in a row an instance gets no new work until one passes. {@code
 * Ejections} judges broken requests: whose fault they may be, and how many instances may be out for
 * them. An instance counts as gone, and its sessions as lost, only if nothing listens at its
 * address any more: an instance that hangs may still hold its state.
 *
 * <p>A container that answers its health checks with the header {@code X-Session-Router-Boot-Id},
 * new at each of its starts, lets the router tell a restart from a short break. Of a container that
 * tells none, the sessions stored before it was found gone are lost.
 *
 * <p>Instances are configured, or found by {@code fleet.discovery}; {@code Roster} merges what all
 * sources of an endpoint say. An instance is known by its id, whatever its address: one that is met
 * at another address keeps its sessions only if it tells the same boot id there.
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
 *
 * <h2>Models</h2>
 *
 * <p>On multi-model endpoints {@link io.sessionrouter.fleet.Models} finds the members that have a
 * model, and brings it onto one if none has it. {@code EndpointModels} keeps what requests ask for,
 * {@code ModelDirectory} what is known of the members; {@code ModelListing} keeps that up to date,
 * {@code ModelLoader} and {@code ModelUnloader} change it, and {@code ModelCalls} speaks to the
 * containers.
 */
@NullMarked
package io.sessionrouter.fleet;

import org.jspecify.annotations.NullMarked;
