/* The table of sessions, page by page. */

import { ago, inOrder, until } from "./format.js";
import { attribute, byId, each, el, text } from "./dom.js";
import { instanceLink, sessionLink, sessionsLink } from "./route.js";
import { sessionPage } from "./api.js";

const PAGE = 50;
const SOON_MILLIS = 1_500;
const AT_LEAST_MILLIS = 15_000;

const filter = { endpoint: null, instance: null };
let page = { number: 1, cursor: null, next: null, sessions: null };
let asked = 0;
let askedAt = -Infinity;
let boundThen = null;

/** Shows the sessions that the address asks for; a session's own address keeps the table. */
export function filterSessions({ endpoint, instance, panel }) {
  const wanted = endpoint ?? filter.endpoint;
  const same = wanted === filter.endpoint && (panel !== null || instance === filter.instance);
  if (!same || page.sessions === null) {
    filter.endpoint = wanted;
    filter.instance = instance;
    turnTo({ number: 1, cursor: null });
  }
}

/** The address of the table as it is, to go back to from a session. */
export const tableLink = () => sessionsLink(filter.endpoint, filter.instance);

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
}

function boundNow(snapshot) {
  const endpoint = snapshot.endpoints.find(candidate => candidate.name === filter.endpoint);
  return endpoint ? endpoint.instances.map(instance => instance.sessions).join() : null;
}

function showFilter(snapshot) {
  const names = snapshot.endpoints.map(endpoint => endpoint.name);
  if (filter.endpoint === null && names.length) {
    filter.endpoint = names[0];
    turnTo({ number: 1, cursor: null });
  }
  const endpoint = snapshot.endpoints.find(candidate => candidate.name === filter.endpoint);
  const instances = (endpoint?.instances ?? []).map(instance => instance.id).sort(inOrder);
  options(byId("filter-endpoint"), including(names, filter.endpoint), filter.endpoint);
  options(
    byId("filter-instance"),
    ["", ...including(instances, filter.instance)],
    filter.instance ?? "",
  );
}

/** What the address names can be chosen even if there is no such thing: the table then says so. */
const including = (names, chosen) =>
  chosen === null || names.includes(chosen) ? names : [...names, chosen];

function options(select, values, chosen) {
  const create = value => el("option", { value }, value || "all");
  each(
    select,
    values,
    value => value,
    create,
    () => {},
  );
  if (document.activeElement !== select && select.value !== chosen) {
    select.value = chosen;
  }
}

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
  const { endpoint, instance } = filter;
  try {
    const { sessions, cursor } = await sessionPage(endpoint, instance, page.cursor, PAGE);
    if (mine === asked) {
      page = { ...page, sessions, next: cursor ?? null };
      showPage();
    }
  } catch (refused) {
    if (mine === asked) {
      page = { ...page, sessions: page.sessions ?? [] };
      say(refused.message, true);
    }
  }
}

function showPage() {
  const none = page.sessions.length === 0;
  say(none ? nothing() : "", false);
  byId("sessions-table").hidden = none;
  byId("pages").hidden = page.number === 1 && page.next === null;
  byId("page-first").disabled = page.number === 1;
  byId("page-next").disabled = page.next === null;
  text(byId("page-number"), `Page ${page.number}`);
}

function nothing() {
  if (page.number > 1) {
    return "No more sessions.";
  }
  return filter.instance === null
    ? `There are no sessions of ${filter.endpoint}.`
    : `There are no sessions on ${filter.instance}.`;
}

function say(what, failed) {
  const place = byId("sessions-state");
  place.classList.toggle("failed", failed);
  text(place, what);
}

function showRows(snapshot, now) {
  const sessions = page.sessions ?? [];
  const endpoint = snapshot.endpoints.find(candidate => candidate.name === filter.endpoint);
  const states = new Map(endpoint?.instances.map(instance => [instance.id, instance.state]));
  byId("sessions-table").classList.toggle(
    "with-models",
    sessions.some(session => session.model),
  );
  const body = byId("sessions-table").tBodies[0];
  const keyOf = session => `${filter.endpoint}/${session.id}`;
  each(body, sessions, keyOf, row, (cells, session) => {
    const [, instance, model, opened, used, ends] = cells.children;
    attribute(instance.firstElementChild, "data-state", states.get(session.instance) ?? "GONE");
    text(model, session.model ?? "");
    text(opened, ago(session.createdAt, now));
    text(used, ago(session.usedAt, now));
    text(ends, until(session.idleExpiresAt ?? session.expiresAt, now));
  });
}

function row({ id, instance }) {
  const cell = (label, ...content) => el("td", { "data-label": label }, ...content);
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("a", { href: sessionLink(filter.endpoint, id) }, id)),
    cell(
      "Instance",
      el(
        "a",
        { class: "on", href: instanceLink(filter.endpoint, instance) },
        el("span", { class: "mark", "aria-hidden": "true" }),
        instance,
      ),
    ),
    el("td", { "data-label": "Model", class: "model" }),
    cell("Opened"),
    cell("Last used"),
    cell("Ends"),
  );
}

/** Wires the filter and the pages. */
export function listenToTable() {
  byId("filter").addEventListener("submit", event => event.preventDefault());
  byId("filter-endpoint").addEventListener("change", event => {
    location.hash = sessionsLink(event.target.value, null);
  });
  byId("filter-instance").addEventListener("change", event => {
    location.hash = sessionsLink(filter.endpoint, event.target.value || null);
  });
  byId("page-first").addEventListener("click", () => turnTo({ number: 1, cursor: null }));
  byId("page-next").addEventListener("click", () =>
    turnTo({ number: page.number + 1, cursor: page.next }),
  );
}
