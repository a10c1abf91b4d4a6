/* Finds a session by its id, whatever its endpoint. */

import { byId } from "./dom.js";
import { session } from "./api.js";
import { sessionLink } from "./route.js";

/**
 * Wires the search.
 *
 * @param endpointNames tells which endpoints there are
 */
export function listenToSearch(endpointNames) {
  byId("search").addEventListener("submit", async event => {
    event.preventDefault();
    const id = byId("search-id").value.trim();
    const names = endpointNames();
    if (id && names.length) {
      location.hash = sessionLink(await endpointOf(id, names), id);
    }
  });
}

/** Where it lives, or else where it is remembered, or else the first: that will say it is unknown. */
async function endpointOf(id, names) {
  const found = await Promise.all(names.map(name => rank(name, id)));
  const best = Math.max(...found);
  return names[found.indexOf(best)];
}

async function rank(name, id) {
  try {
    await session(name, id);
    return 2;
  } catch (refused) {
    return refused.code === "SessionUnknown" ? 0 : 1;
  }
}
