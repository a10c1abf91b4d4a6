/* Finds a session by what people have of it, whatever its endpoint. */

import { byId, text } from "./dom.js";
import { findSessions, session } from "./api.js";
import { searchLink, sessionLink } from "./route.js";

/** With less the answer would be any session. */
const LEAST = 6;

/**
 * Wires the search.
 *
 * @param endpointNames returns which endpoints there are
 */
export function listenToSearch(endpointNames) {
  byId("search").addEventListener("submit", async event => {
    event.preventDefault();
    const wanted = byId("search-id")
      .value.trim()
      .replace(/^session=/, "");
    const names = endpointNames();
    if (wanted && names.length) {
      text(byId("announcement"), "Searching …");
      location.hash = await target(wanted, names);
      text(byId("announcement"), "");
    }
  });
}

/** The session itself if the id is whole, else what begins so, or has this hash in the logs. */
async function target(wanted, names) {
  const found = await Promise.all(names.map(name => rank(name, wanted)));
  const best = Math.max(...found);
  const exact = sessionLink(names[found.indexOf(best)], wanted);
  if (best > 0 || wanted.length < LEAST) {
    return exact;
  }
  try {
    const { sessions } = await findSessions(wanted);
    const [only] = sessions;
    if (sessions.length === 0) {
      return exact; // the panel explains that there is none
    }
    return sessions.length === 1 ? sessionLink(only.endpoint, only.session.id) : searchLink(wanted);
  } catch {
    return searchLink(wanted); // the table asks again and shows the reason
  }
}

/** Whether it lives there, or is remembered there, or neither. */
async function rank(name, id) {
  try {
    await session(name, id);
    return 2;
  } catch (refused) {
    return refused.code === "SessionUnknown" ? 0 : 1;
  }
}
