/* The table of sessions, page by page. */

import { ago, count, inOrder, until } from "./format.js";
import { attribute, byId, each, el, text } from "./dom.js";
import { findSessions, sessionPage } from "./api.js";
import { instanceLink, searchLink, sessionLink, sessionsLink } from "./route.js";
import { nameOf, stateOf } from "./states.js";

const PAGE = 50;
const SOON_MILLIS = 1_500;
const AT_LEAST_MILLIS = 15_000;

/** Values of a session by which the page can be ordered. */
const ORDERS = {
  session: session => session.id,
  instance: session => session.instance,
  opened: session => -Date.parse(session.createdAt),
  used: session => -Date.parse(session.usedAt),
  ends: session => Date.parse(session.idleExpiresAt ?? session.expiresAt),
  context: session => -(session.context?.tokens ?? 0),
};

const filter = { endpoint: null, instance: null, search: null, idle: "" };
const order = { by: null, reversed: false };

/** The cursors of the pages before this one, so that one can go back. */
let page = { cursor: null, earlier: [], next: null, sessions: null };
let selected = null;
let asked = 0;
let askedAt = -Infinity;
let boundThen = null;

/** Shows the sessions that the address asks for; a session's own address keeps the table. */
export function filterSessions({ endpoint, instance, search, panel }) {
  const wanted = endpoint ?? filter.endpoint;
  selected = panel ? `${panel.endpoint}/${panel.id}` : null;
  const same =
    panel !== null && wanted === filter.endpoint
      ? true
      : wanted === filter.endpoint && instance === filter.instance && search === filter.search;
  if (!same || page.sessions === null) {
    Object.assign(filter, { endpoint: wanted, instance, search });
    begin();
  }
}

/** The address of the table as it is, to go back to from a session. */
export const tableLink = () =>
  filter.search ? searchLink(filter.search) : sessionsLink(filter.endpoint, filter.instance);

/** Follows the snapshot: which endpoints there are, and whether sessions came or went. */
export function updateSessions(snapshot, now) {
  showFilter(snapshot);
  const bound = boundNow(snapshot);
  const since = performance.now() - askedAt;
  if (bound === null || document.hidden) {
    return;
  }
  if (since > AT_LEAST_MILLIS || (bound !== boundThen && since > SOON_MILLIS)) {
    boundThen = bound;
    load();
  }
  showRows(snapshot, now);
  showTotal(snapshot);
}

const endpointOf = snapshot =>
  snapshot.endpoints.find(candidate => candidate.name === filter.endpoint);

function boundNow(snapshot) {
  const endpoint = endpointOf(snapshot);
  return endpoint ? endpoint.instances.map(instance => instance.sessions).join() : null;
}

function showFilter(snapshot) {
  const names = snapshot.endpoints.map(endpoint => endpoint.name);
  if (filter.endpoint === null && names.length) {
    [filter.endpoint] = names;
    begin();
  }
  const instances = [...(endpointOf(snapshot)?.instances ?? [])].sort((a, b) =>
    inOrder(nameOf(a), nameOf(b)),
  );
  const ids = instances.map(instance => instance.id);
  options(byId("filter-endpoint"), including(names, filter.endpoint), filter.endpoint);
  options(
    byId("filter-instance"),
    ["", ...including(ids, filter.instance)],
    filter.instance ?? "",
    id => nameOf(instances.find(instance => instance.id === id) ?? { id: id || "all" }),
  );
  byId("filter").hidden = filter.search !== null;
}

/** What the address names can be chosen even if there is no such thing: the table then says so. */
const including = (names, chosen) =>
  chosen === null || names.includes(chosen) ? names : [...names, chosen];

function options(select, values, chosen, label = value => value) {
  const create = value => el("option", { value });
  each(
    select,
    values,
    value => value,
    create,
    (option, value) => text(option, label(value)),
  );
  if (document.activeElement !== select && select.value !== chosen) {
    select.value = chosen;
  }
}

const begin = () => turnTo({ cursor: null, earlier: [] });

function turnTo(target) {
  page = { ...target, next: null, sessions: null };
  askedAt = -Infinity;
  load();
}

async function load() {
  if (filter.endpoint === null) {
    return;
  }
  const mine = ++asked;
  askedAt = performance.now();
  try {
    const { sessions, cursor = null, complete = true } = await ask();
    if (mine === asked) {
      page = { ...page, sessions, next: cursor };
      showPage(complete);
    }
  } catch (refused) {
    if (mine === asked) {
      page = { ...page, sessions: page.sessions ?? [] };
      say(refused.message, true);
    }
  }
}

async function ask() {
  if (filter.search) {
    const { sessions, complete } = await findSessions(filter.search);
    return {
      sessions: sessions.map(({ endpoint, session }) => ({ ...session, endpoint })),
      complete,
    };
  }
  const { endpoint, instance, idle } = filter;
  const found = await sessionPage({ endpoint, instance, idle, cursor: page.cursor, limit: PAGE });
  return { ...found, sessions: found.sessions.map(session => ({ ...session, endpoint })) };
}

function showPage(complete) {
  const none = page.sessions.length === 0;
  say(none ? nothing() : complete ? "" : "There are more: type more of the id.", false);
  byId("sessions-table").hidden = none;
  const single = page.earlier.length === 0 && page.next === null;
  byId("pages").hidden = none && single;
  byId("page-first").hidden = byId("page-previous").hidden = byId("page-next").hidden = single;
  byId("page-first").disabled = byId("page-previous").disabled = page.earlier.length === 0;
  byId("page-next").disabled = page.next === null;
}

/** Which ones are shown, of how many; a filter by idle time leaves the total open. */
function showTotal(snapshot) {
  const shown = page.sessions?.length ?? 0;
  const first = page.earlier.length * PAGE + 1;
  const range = `${first}–${first + shown - 1}`;
  text(
    byId("page-number"),
    filter.search || filter.idle ? range : `${range} of ${total(snapshot)}`,
  );
}

function total(snapshot) {
  const instances = endpointOf(snapshot)?.instances ?? [];
  const chosen = instances.filter(({ id }) => (filter.instance ?? id) === id);
  return chosen.reduce((sum, instance) => sum + instance.sessions, 0).toLocaleString("en");
}

function nothing() {
  if (filter.search) {
    return `No live session begins with ${filter.search}, or is logged as it.`;
  }
  if (page.next !== null) {
    return "None on this page; the next one may have some.";
  }
  if (page.earlier.length > 0) {
    return "No more sessions.";
  }
  const idle = filter.idle ? " that are idle for so long" : "";
  return filter.instance === null
    ? `There are no sessions of ${filter.endpoint}${idle}.`
    : `There are no sessions on ${filter.instance}${idle}.`;
}

function say(what, failed) {
  const place = byId("sessions-state");
  place.classList.toggle("failed", failed);
  text(place, what);
}

function inChosenOrder(sessions) {
  const value = ORDERS[order.by];
  if (!value) {
    return sessions;
  }
  const sign = order.reversed ? -1 : 1;
  const compare = (a, b) => (typeof a === "string" ? inOrder(a, b) : a - b);
  return [...sessions].sort((a, b) => sign * compare(value(a), value(b)));
}

function showRows(snapshot, now) {
  const sessions = inChosenOrder(page.sessions ?? []);
  const known = new Map(
    snapshot.endpoints.flatMap(({ name, instances }) =>
      instances.map(instance => [`${name}/${instance.id}`, instance]),
    ),
  );
  const table = byId("sessions-table");
  table.classList.toggle(
    "with-models",
    sessions.some(session => session.model),
  );
  const keyOf = session => `${session.endpoint}/${session.id}`;
  each(table.tBodies[0], sessions, keyOf, row, (cells, session) => {
    const [, on, model, opened, used, ends, context] = cells.children;
    const instance = known.get(`${session.endpoint}/${session.instance}`);
    attribute(cells, "aria-current", keyOf(session) === selected ? "true" : null);
    attribute(on.firstElementChild, "data-state", instance ? stateOf(instance) : "GONE");
    text(on.firstElementChild.lastElementChild, instance ? nameOf(instance) : session.instance);
    text(model, session.model ?? "");
    text(opened, ago(session.createdAt, now));
    text(used, ago(session.usedAt, now));
    text(ends, until(session.idleExpiresAt ?? session.expiresAt, now));
    text(context, session.context ? count(session.context.tokens, "token") : "");
  });
}

function row({ endpoint, id, instance }) {
  const cell = (label, name, ...content) =>
    el("td", { "data-label": label, class: name }, ...content);
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("a", { href: sessionLink(endpoint, id), title: id }, id)),
    cell(
      "Instance",
      "instance-cell",
      el(
        "a",
        { class: "on", href: instanceLink(endpoint, instance) },
        el("span", { class: "mark", "aria-hidden": "true" }),
        el("span", {}, instance),
      ),
    ),
    cell("Model", "model"),
    cell("Opened", "opened"),
    cell("Last used", "used"),
    cell("Ends", "ends"),
    cell("Context", "context"),
  );
}

/** Orders the page by a column, and the other way round when it is chosen again. */
function orderBy(heading) {
  const by = heading.dataset.order;
  order.reversed = order.by === by && !order.reversed;
  order.by = by;
  for (const other of document.querySelectorAll("#sessions-table thead [data-order]")) {
    const direction = order.reversed ? "descending" : "ascending";
    attribute(other.closest("th"), "aria-sort", other === heading ? direction : null);
  }
}

/** Wires the filter, the headings and the pages. */
export function listenToTable() {
  byId("filter").addEventListener("submit", event => event.preventDefault());
  byId("filter-endpoint").addEventListener("change", event => {
    location.hash = sessionsLink(event.target.value, null);
  });
  byId("filter-instance").addEventListener("change", event => {
    location.hash = sessionsLink(filter.endpoint, event.target.value || null);
  });
  byId("filter-idle").addEventListener("change", event => {
    filter.idle = event.target.value;
    begin();
  });
  for (const heading of document.querySelectorAll("#sessions-table thead [data-order]")) {
    heading.addEventListener("click", () => orderBy(heading));
  }
  byId("page-first").addEventListener("click", begin);
  byId("page-previous").addEventListener("click", () =>
    turnTo({ cursor: page.earlier.at(-1), earlier: page.earlier.slice(0, -1) }),
  );
  byId("page-next").addEventListener("click", () =>
    turnTo({ cursor: page.next, earlier: [...page.earlier, page.cursor] }),
  );
}
