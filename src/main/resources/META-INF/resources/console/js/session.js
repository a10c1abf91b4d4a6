/* One session's life in the panel. */

import { closeSession, session } from "./api.js";
import { action, hideButton, openPanel, showFacts } from "./panel.js";
import { ago, clock, count, until } from "./format.js";
import { attribute, byId, el, text } from "./dom.js";
import { instanceLink } from "./route.js";
import { condition, MEANING, nameOf, stateOf } from "./states.js";

const AGAIN_MILLIS = 3_000;

/** What became of a session that lives no more, beyond what the API's message says. */
const ENDS = {
  SessionUnknown: "It never existed, or it ended so long ago that the router forgot it.",
  SessionExpired: "Its time was over; its container freed its state.",
  SessionClosed: "A client or an operator closed it.",
  SessionLost: "Its state was lost with its instance. Clients must open a new session.",
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
  body.append(
    mine.state,
    copyButton(id),
    mine.life,
    mine.facts,
    mine.close.button,
    mine.close.result,
  );
  look();
  mine.timer = setInterval(look, AGAIN_MILLIS);
}

function copyButton(id) {
  const button = el("button", { type: "button", class: "copy" }, "Copy id");
  button.addEventListener("click", async () => {
    // Pages that are neither local nor over TLS have no clipboard: a person copies the selection.
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(id);
      text(button, "Copied");
    } else {
      getSelection().selectAllChildren(byId("panel-title"));
    }
  });
  return button;
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
  "Its container frees its state. Requests in this session are rejected from now on.",
  "Close the session",
];

async function close(endpoint, id) {
  const { confirmedByContainer } = await closeSession(endpoint, id);
  await look();
  return confirmedByContainer
    ? "Closed; its container freed its state."
    : "Closed; its container did not confirm, so it frees the state when it expires.";
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
  const { now } = latest;
  if (ended?.ended) {
    showFacts(parts.facts, endedFacts(ended.ended));
  }
  if (!known || ended?.ended) {
    return;
  }
  if (!ended) {
    const instance = instanceOf(known.instance);
    attribute(state, "data-state", instance ? stateOf(instance) : "UNKNOWN");
    text(state, alive(instance));
  }
  showLife(known, now);
  showFacts(parts.facts, facts(known, now));
}

const instanceOf = id =>
  latest.snapshot?.endpoints
    .find(endpoint => endpoint.name === parts.endpoint)
    ?.instances.find(candidate => candidate.id === id);

function alive(instance) {
  return !instance || stateOf(instance) === "HEALTHY"
    ? "Live."
    : `Live. Its instance is ${condition(instance)}: ${MEANING[stateOf(instance)]}`;
}

function instanceFact(id) {
  const known = instanceOf(id) ?? { id };
  return el("a", { href: instanceLink(parts.endpoint, id) }, nameOf(known));
}

/** What is still known of a session that ended. */
function endedFacts(known) {
  const at = instant => (instant ? clock(instant) : null);
  return [
    ["Ended", at(known.endedAt)],
    ["Cause", known.cause],
    ["Instance", known.instance ? instanceFact(known.instance) : null],
    ["Opened", at(known.createdAt)],
    ["Last used", at(known.usedAt)],
    ["Model", known.model],
    ["In logs", `session=${known.loggedAs}`],
    ["Forgotten", at(known.forgottenAt)],
  ];
}

function showLife({ createdAt, usedAt, expiresAt }, now) {
  const share = moment =>
    (moment - Date.parse(createdAt)) / (Date.parse(expiresAt) - Date.parse(createdAt));
  const bound = value => Math.min(1, Math.max(0, value));
  parts.life.style.setProperty("--past", bound(share(now)));
  parts.life.style.setProperty("--used", bound(share(Date.parse(usedAt))));
}

function facts(known, now) {
  const { ended } = parts;
  const soon = instant => (ended ? clock(instant) : `${clock(instant)}, ${until(instant, now)}`);
  return [
    ["Opened", `${clock(known.createdAt)}, ${ago(known.createdAt, now)}`],
    ["Last used", `${clock(known.usedAt)}, ${ago(known.usedAt, now)}`],
    ["Ends if not used", known.idleExpiresAt ? soon(known.idleExpiresAt) : null],
    ["Ends at the latest", soon(known.expiresAt)],
    ["Context", context(known.context)],
    ["Instance", instanceFact(known.instance)],
    ["Variant", known.variant],
    ["Model", known.model],
    ["Owner", known.owner],
    ["In logs", `session=${known.loggedAs}`],
  ];
}

/** As of the last answer that went through this router. */
const context = known =>
  known
    ? `${count(known.tokens, "token")}, ${known.cachedTokens.toLocaleString("en")} of them cached`
    : null;
