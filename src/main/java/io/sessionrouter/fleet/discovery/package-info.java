/**
 * Finds instances while the router runs: behind Kubernetes Services, and behind DNS names.
 *
 * <p>{@code SliceWatch} follows the EndpointSlices of one Service: a list, then a watch from the
 * list's resource version on, watched again from the last version seen whenever it ends or breaks,
 * listed again when the API server has forgotten that version (410), or sends no bookmarks. Only a
 * list and a bookmark show that nothing is missing, and both as of when they were asked for. A
 * watch is short, so that a connection that died without a sign is noticed. {@code SliceStore} is
 * what it knows. The API is spoken with Vert.x' HTTP client and read as plain JSON, because a
 * Kubernetes client library would be larger than the rest of the router.
 *
 * <p>{@code PodWatch} follows the pods themselves where the router may, since only they show that a
 * container without a boot id restarted between two checks.
 *
 * <p>{@code DnsWatch} looks a name up again and again. An address that DNS has dropped may still be
 * there (a pod that is not ready for a moment is dropped too), so it drains instead of being gone.
 *
 * <p>Whatever fails, the last known instances stay; nothing here ever empties a fleet because it
 * could not ask.
 */
@NullMarked
package io.sessionrouter.fleet.discovery;

import org.jspecify.annotations.NullMarked;
