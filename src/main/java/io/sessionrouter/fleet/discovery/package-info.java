/**
 * Finds instances while the router runs: behind Kubernetes Services, and behind DNS names.
 *
 * <p>{@code SliceWatch} follows the EndpointSlices of one Service: a list, then a watch from the
 * list's resource version on, watched again from the last version seen whenever it ends or breaks,
 * listed again only when the API server has forgotten that version (410). {@code SliceStore} is
 * what it knows. The API is spoken with Vert.x' HTTP client and read as plain JSON, because a
 * Kubernetes client library would be larger than the rest of the router.
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
