/**
 * Which instance has which model: loads, unloads, and what a request for a model waits for.
 *
 * <p>An instance of a multi-model endpoint loads a model when a request first names it, and unloads
 * the one that was used least recently when its memory is full. The replicas of the router share no
 * lock: each keeps its own book of what instances list, and marks loads in the store, so that two
 * replicas do not load one model twice.
 *
 * <p>A request that names a model finds it loaded, waits for its load, or is rejected with the
 * reason ({@link io.sessionrouter.models.ModelPlace}).
 *
 * <p>{@code EndpointModels} finds models for requests, {@code ModelHolders} is what it reads.
 * {@code ModelLoads} owns the loads under way, {@code ModelDirectory} what is known of the members;
 * {@code ModelListing} keeps that up to date, {@code ModelLoader} and {@code ModelUnloader} change
 * it. Each guards its own data; the locks are taken in the order {@code ModelLoads}, {@code
 * ModelDirectory}, {@code ModelLoad}.
 */
@NullMarked
package io.sessionrouter.models;

import org.jspecify.annotations.NullMarked;
