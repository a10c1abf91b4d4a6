/* What happened, as the router recorded it, also before this page was opened. */

import { byId, each, el, time } from "./dom.js";
import { clock, words } from "./format.js";
import { instanceLink, sessionsLink } from "./route.js";

const MOST = 200;

let events = [];

/** Takes those of a snapshot; a snapshot that is whole has all that are kept. */
export function addEvents({ events: more = [], whole }) {
  const kept = whole ? [] : events.filter(({ number }) => !isReplaced(number, more));
  const added = more.filter(({ number }) => !kept.some(event => event.number === number));
  events = [...kept, ...added].sort(byTime).slice(-MOST);
}

const isReplaced = (number, more) => more.some(event => event.replaces === number);

const byTime = (a, b) => Date.parse(a.at) - Date.parse(b.at) || a.number - b.number;

/** Shows them, the newest on top. */
export function showEvents() {
  each(
    byId("news-list"),
    events.toReversed(),
    event => `${event.number} ${event.at}`,
    eventEntry,
    () => {},
  );
  byId("news-empty").hidden = events.length > 0;
}

function eventEntry({ at, text, endpoint, instance }) {
  const target = instance
    ? instanceLink(endpoint, instance)
    : endpoint
      ? sessionsLink(endpoint)
      : null;
  const what = target ? el("a", { href: target }, text) : el("span", {}, text);
  return el("li", {}, time(at, clock(at)), what);
}

/** Causes of ends, in words; for the endpoint's line. */
export const causes = tally => tally.map(([cause, n]) => `${words(cause)} ${n}`).join(", ");
