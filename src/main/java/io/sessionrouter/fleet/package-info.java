/**
 * Which instance: the fleet as an immutable snapshot, the health of its members, and placement.
 *
 * <p>{@link io.sessionrouter.fleet.Health} is the state machine; {@code MemberWatch} feeds it with
 * active checks, {@link io.sessionrouter.fleet.FleetView} with what the gateway sees of requests.
 * After three failures in a row an instance gets no new work until a check passes. It counts as
 * gone, and its sessions as lost, only if nothing listens at its address any more: an instance that
 * hangs may still hold its state.
 *
 * <p>A container that answers its health checks with the header {@code X-Session-Router-Boot-Id},
 * new at each of its starts, lets the router tell a restart from a short break. Of a container that
 * tells none, the sessions stored before it was found gone are lost.
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
