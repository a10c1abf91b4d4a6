/* What changed from one snapshot to the next, as a log. */

import { byId, el, time } from "./dom.js";
import { clock, count, words } from "./format.js";
import { reasons, word } from "./states.js";

const MOST = 50;

/** Of more than so many instances with the same fate, only the number is told. */
const BY_NAME = 3;

const ENDS = {
  lost_gone: "lost: nothing listens at their instance's address",
  lost_restarted: "lost: their container began anew",
  lost_left: "lost: their instance left the fleet",
};

/** What a person should hear of, in the order they would tell it. */
export function changes(before, after) {
  return [...ofReplica(before, after), ...ofEndpoints(before, after)];
}

function* ofReplica(before, after) {
  if (!isSameRouter(before, after)) {
    const same = before.replica.name === after.replica.name;
    yield same
      ? "The router was started anew."
      : `Another router tells now: ${after.replica.name}.`;
  }
  if (before.store.available !== after.store.available) {
    yield after.store.available ? "Redis answers again." : "Redis does not answer.";
  }
}

/** Whether two snapshots are of one process, so that its counts go on. */
export const isSameRouter = (a, b) =>
  a.replica.name === b.replica.name && a.replica.startedAt === b.replica.startedAt;

function* ofEndpoints(before, after) {
  const earlier = new Map(before.endpoints.map(endpoint => [endpoint.name, endpoint]));
  for (const endpoint of after.endpoints) {
    const known = earlier.get(endpoint.name);
    if (known) {
      yield* ofInstances(endpoint.name, known.instances, endpoint.instances);
    }
    for (const [cause, number] of Object.entries(endpoint.traffic.ended)) {
      if (cause in ENDS) {
        const sessions = count(number, "session was", "sessions were");
        yield `${endpoint.name}: ${sessions} ${ENDS[cause]}.`;
      }
    }
  }
}

function* ofInstances(endpoint, before, after) {
  const earlier = new Map(before.map(instance => [instance.id, instance]));
  const fates = new Map();
  const fate = (what, id) => fates.set(what, [...(fates.get(what) ?? []), id]);
  for (const instance of after) {
    const known = earlier.get(instance.id);
    earlier.delete(instance.id);
    if (!known) {
      fate("came into the fleet", instance.id);
    } else if (known.state !== instance.state) {
      fate(becomes(known, instance), instance.id);
    }
  }
  for (const id of earlier.keys()) {
    fate("left the fleet", id);
  }
  for (const [what, ids] of fates) {
    yield `${endpoint}: ${ids.length > BY_NAME ? count(ids.length, "instance") : ids.join(", ")} ${what}.`;
  }
}

function becomes(before, after) {
  if (after.state === "DRAINING") {
    return `now draining: ${reasons(after)}`;
  }
  return before.state === "DRAINING" && after.state === "HEALTHY"
    ? "no longer draining"
    : `now ${word(after.state)}`;
}

/** Adds them to the log, the newest on top. */
export function tell(happened, at) {
  const list = byId("news-list");
  for (const what of happened) {
    list.prepend(el("li", {}, time(at, clock(at)), el("span", {}, what)));
  }
  while (list.childElementCount > MOST) {
    list.lastElementChild.remove();
  }
  byId("news-empty").hidden = list.childElementCount > 0;
}

/** Causes of ends, in words; for the endpoint's line. */
export const causes = tally => tally.map(([cause, n]) => `${words(cause)} ${n}`).join(", ");
