/* One session's life in the panel. */

import { closeSession, session } from "./api.js";
import { action, hideButton, openPanel, showFacts } from "./panel.js";
import { ago, clock, count, until } from "./format.js";
import { attribute, byId, el, text } from "./dom.js";
import { instanceLink } from "./route.js";
import { MEANING, word } from "./states.js";

const AGAIN_MILLIS = 3_000;

/** What became of a session that lives no more, beyond what the API's message says. */
const ENDS = {
  SessionUnknown: "There never was one, or it ended so long ago that nothing is remembered of it.",
  SessionExpired: "Its time ran out; its container was told to free its state.",
  SessionClosed: "A client or an operator closed it.",
  SessionLost: "Its state went with its instance. Clients have to begin a new session.",
};

let parts = null;

/** What the instances were last known to be like, and what the router's clock said then. */
let latest = { snapshot: null, now: Date.now() };

/** Opens the panel for it and keeps it up to date until {@link leaveSession}. */
export function openSession(endpoint, id) {
  const body = openPanel(`Session of ${endpoint}`, id);
  const mine = {
    endpoint,
    id,
    known: null,
    ended: null,
    state: el("p", { class: "state", role: "status" }, "Looking for it …"),
    life: lifetime(),
    facts: el("dl", { class: "facts" }),
    close: action(
      "Close the session …",
      () => question(id),
      () => close(endpoint, id),
    ),
  };
  parts = mine;
  mine.life.hidden = true;
  mine.close.button.hidden = true;
  body.append(mine.state, mine.life, mine.facts, mine.close.button, mine.close.result);
  look();
  mine.timer = setInterval(look, AGAIN_MILLIS);
}

/** A picture of what the facts say in words. */
function lifetime() {
  const bar = el(
    "div",
    { class: "life" },
    el("span", { class: "past" }),
    el("span", { class: "used" }),
  );
  const ends = el(
    "div",
    { class: "life-ends" },
    el("span", {}, "opened"),
    el("span", {}, "latest end"),
  );
  return el("div", { class: "lifetime", "aria-hidden": "true" }, bar, ends);
}

/** Nobody looks at it any more. */
export function leaveSession() {
  clearInterval(parts?.timer);
  parts = null;
}

const question = id => [
  `Close session ${id}?`,
  "Its container frees its state. What clients send in this session from now on is refused.",
  "Close the session",
];

async function close(endpoint, id) {
  const { confirmedByContainer } = await closeSession(endpoint, id);
  await look();
  return confirmedByContainer
    ? "Closed; its container freed its state."
    : "Closed; its container did not confirm, its own expiry will free the state.";
}

/** Asks for it again; an answer for a panel that was left is dropped. */
async function look() {
  const mine = parts;
  try {
    const found = await session(mine.endpoint, mine.id);
    if (mine === parts) {
      mine.known = found;
      mine.ended = null;
    }
  } catch (refused) {
    if (mine === parts) {
      mine.ended = refused;
    }
  }
  if (mine === parts) {
    showState();
    showKnown();
  }
}

function showState() {
  const { known, ended, state, life, close: closing } = parts;
  const gone = ended !== null && ended.status !== 0 && ended.status !== 503;
  hideButton(closing.button, known === null || gone, byId("panel-title"));
  life.hidden = known === null || gone;
  if (ended) {
    attribute(state, "data-state", concern(ended, gone));
    text(state, [ended.message, ENDS[ended.code]].filter(Boolean).join(" "));
  }
}

/** That a session ended is as it should be, unless it was lost. */
function concern({ code }, gone) {
  return !gone ? "UNHEALTHY" : code === "SessionLost" ? "GONE" : "UNKNOWN";
}

/** Shows it at the present moment, beside what the snapshot says of its instance. */
export function updateSession(snapshot, now) {
  latest = { snapshot, now };
  showKnown();
}

function showKnown() {
  const { known, ended, state } = parts;
  const { snapshot, now } = latest;
  if (!known) {
    return;
  }
  if (!ended) {
    const instance = snapshot?.endpoints
      .find(endpoint => endpoint.name === parts.endpoint)
      ?.instances.find(candidate => candidate.id === known.instance);
    attribute(state, "data-state", instance?.state ?? "UNKNOWN");
    text(state, alive(instance));
  }
  showLife(known, now);
  showFacts(parts.facts, facts(known, now));
}

function alive(instance) {
  return !instance || instance.state === "HEALTHY"
    ? "Live."
    : `Live. Its instance is ${word(instance.state)}: ${MEANING[instance.state]}`;
}

function showLife({ createdAt, usedAt, expiresAt }, now) {
  const share = moment =>
    (moment - Date.parse(createdAt)) / (Date.parse(expiresAt) - Date.parse(createdAt));
  const bound = value => Math.min(1, Math.max(0, value));
  parts.life.style.setProperty("--past", bound(share(now)));
  parts.life.style.setProperty("--used", bound(share(Date.parse(usedAt))));
}

function facts(known, now) {
  const { endpoint, ended } = parts;
  const soon = instant => (ended ? clock(instant) : `${clock(instant)}, ${until(instant, now)}`);
  return [
    ["Opened", `${clock(known.createdAt)}, ${ago(known.createdAt, now)}`],
    ["Last used", `${clock(known.usedAt)}, ${ago(known.usedAt, now)}`],
    ["Ends if not used", known.idleExpiresAt ? soon(known.idleExpiresAt) : null],
    ["Ends at the latest", soon(known.expiresAt)],
    ["Context", context(known.context)],
    ["Instance", el("a", { href: instanceLink(endpoint, known.instance) }, known.instance)],
    ["Variant", known.variant],
    ["Model", known.model],
    ["Owner", known.owner],
    ["In logs", `session=${known.loggedAs}`],
  ];
}

/** As of the last answer that went through the router that tells this. */
const context = told =>
  told
    ? `${count(told.tokens, "token")}, ${told.cachedTokens.toLocaleString("en")} of them cached`
    : null;
