/* The one look: what is wrong now, the worst first. */

import { attribute, byId, each, el, text } from "./dom.js";
import { count, words } from "./format.js";
import { isFull, takesWork } from "./states.js";

const BAD = "bad";
const WARN = "warn";
const MOST_SHOWN = 8;

/** What is wrong, each with how bad it is. */
export function problems(snapshot, histories) {
  const all = [...ofReplica(snapshot)];
  for (const endpoint of snapshot.endpoints) {
    const history = histories.get(endpoint.name);
    for (const [level, what] of [...ofFleet(endpoint), ...(history ? ofTraffic(history) : [])]) {
      all.push([level, `${endpoint.name}: ${what}`]);
    }
  }
  return all
    .map(([level, what]) => ({ level, what }))
    .sort((a, b) => (a.level === BAD ? 0 : 1) - (b.level === BAD ? 0 : 1));
}

function* ofReplica({ store, replica }) {
  if (!store.available) {
    yield [BAD, "Redis does not answer: no new sessions, only those remembered here go on"];
  } else if (store.error) {
    yield [BAD, `Redis takes no new sessions: ${store.error}`];
  } else if (!store.hearsOfChanges) {
    yield [WARN, "This router is not told what other routers do: every request asks Redis"];
  }
  if (replica.leaving) {
    yield [WARN, "This router is about to end and asks clients to go elsewhere"];
  }
}

function* ofFleet(endpoint) {
  const { instances } = endpoint;
  const of = state => instances.filter(instance => instance.state === state).length;
  if (!instances.some(takesWork)) {
    yield [BAD, instances.length ? "no instance gets new work" : "there are no instances"];
  } else if (isFull(endpoint)) {
    yield [BAD, "every session slot is taken"];
  }
  if (of("GONE")) {
    yield [WARN, `${count(of("GONE"), "instance is", "instances are")} gone`];
  }
  if (of("UNHEALTHY")) {
    yield [WARN, `${count(of("UNHEALTHY"), "instance is", "instances are")} unhealthy`];
  }
  if (!endpoint.complete) {
    yield [WARN, "not all instances are known yet"];
  }
}

function* ofTraffic(history) {
  const lost = history.tally("ended", 300).filter(([cause]) => cause.startsWith("lost_"));
  if (lost.length) {
    const sessions = lost.reduce((sum, [, number]) => sum + number, 0);
    yield [BAD, `${count(sessions, "session was", "sessions were")} lost in the last 5 min`];
  }
  const faults = history.tally("faults", 60);
  if (faults.length) {
    const named = faults.map(([name, number]) => `${words(name)} (${number})`).join(", ");
    yield [WARN, `requests failed in the last minute: ${named}`];
  }
}

/** Shows them, or that there are none. */
export function showVerdict(found, { endpoints }) {
  const place = byId("verdict");
  if (!place.firstChild) {
    place.append(el("h1"), el("p"), el("ul"));
  }
  const [title, calm, list] = place.children;
  attribute(place, "data-level", found[0]?.level ?? "good");
  text(title, found.length ? found[0].what : "All is well");
  text(calm, found.length ? "" : wellBeing(endpoints.flatMap(endpoint => endpoint.instances)));
  const rest = found.slice(1, MOST_SHOWN);
  if (found.length > MOST_SHOWN) {
    rest.push({ level: WARN, what: `and ${found.length - MOST_SHOWN} more` });
  }
  const create = () => el("li");
  each(
    list,
    rest,
    problem => problem.what,
    create,
    (item, problem) => {
      attribute(item, "data-level", problem.level);
      text(item, problem.what);
    },
  );
}

function wellBeing(instances) {
  const open = instances.filter(takesWork).length;
  const drained = instances.length - open;
  const rest = drained ? `, ${drained} drained` : "";
  return `${count(open, "instance takes", "instances take")} new work${rest}. Redis answers.`;
}
