/* One instance in the panel, live. */

import { action, hideButton, openPanel, showFacts } from "./panel.js";
import { ago, clock, count, inOrder } from "./format.js";
import { attribute, byId, each, el, text } from "./dom.js";
import { closeSession, drain, sessionPage, undrain } from "./api.js";
import { condition, isLastOpen, MEANING, nameOf, reasons, stateOf, word } from "./states.js";
import { sessionsLink } from "./route.js";
import { waits } from "./card.js";

const PAGE = 100;
const AT_ONCE = 4;

let parts = null;

/** What the panel is about, as the last snapshot had it. */
let latest = { endpoint: null, instance: null };

/** Opens the panel for it; {@link updateInstance} fills it. */
export function openInstance(endpoint, id) {
  const body = openPanel(`Instance of ${endpoint}`, id);
  latest = { endpoint: null, instance: null };
  parts = {
    endpoint,
    id,
    state: el("p", { class: "state" }),
    facts: el("dl", { class: "facts" }),
    models: el("ul", { class: "models" }),
    modelsTitle: el("h3", {}, "Models"),
    drain: action("Drain …", drainQuestion, () => drained(endpoint, id)),
    undrain: action("Stop draining", null, () => undrained(endpoint, id)),
    close: action("Close its sessions …", closeQuestion, report => closeAll(endpoint, id, report)),
    link: el("p", {}, el("a", { href: sessionsLink(endpoint, id) }, "Its sessions")),
  };
  const { drain: draining, undrain: undraining, close } = parts;
  for (const { button } of [draining, undraining, close]) {
    button.hidden = true;
  }
  body.append(
    parts.state,
    parts.facts,
    parts.link,
    parts.modelsTitle,
    parts.models,
    draining.button,
    undraining.button,
    close.button,
    draining.result,
    undraining.result,
    close.result,
  );
}

function drainQuestion() {
  const { endpoint, instance } = latest;
  const name = instance ? nameOf(instance) : parts.id;
  const last = endpoint && instance && isLastOpen(endpoint, instance);
  return [
    last ? `Drain ${name}, the last instance that accepts work?` : `Drain ${name}?`,
    last
      ? `No other instance of ${parts.endpoint} accepts work: new sessions and requests without a session will be rejected until one does. Its sessions continue.`
      : "It gets no new work, from no router, until you stop draining it. Its sessions continue.",
    last ? "Drain the last one" : "Drain",
  ];
}

async function drained(endpoint, id) {
  await drain(endpoint, id);
  text(parts.undrain.result, "");
  return "Draining: it gets no new work.";
}

async function undrained(endpoint, id) {
  await undrain(endpoint, id);
  text(parts.drain.result, "");
  return "Not draining: it gets new work again, unless something else prevents it.";
}

function closeQuestion() {
  const { instance } = latest;
  const number = count(instance?.sessions ?? 0, "session");
  return [
    `Close ${number} on ${instance ? nameOf(instance) : parts.id}?`,
    "Their container frees their state. Requests in these sessions are rejected from now on.",
    `Close ${number}`,
  ];
}

/** Closes those that are there now, a few at a time; one that ends meanwhile is closed already. */
async function closeAll(endpoint, id, report) {
  const ids = await sessionIds(endpoint, id);
  let closed = 0;
  const left = [...ids];
  const work = async () => {
    while (left.length) {
      await closeUnlessEnded(endpoint, left.pop());
      closed += 1;
      report(`Closed ${closed} of ${ids.length} …`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return `Closed ${count(ids.length, "session")}.`;
}

async function sessionIds(endpoint, id) {
  const ids = [];
  let cursor = null;
  do {
    const page = await sessionPage({ endpoint, instance: id, cursor, limit: PAGE });
    ids.push(...page.sessions.map(session => session.id));
    cursor = page.cursor ?? null;
  } while (cursor);
  return ids;
}

async function closeUnlessEnded(endpoint, id) {
  try {
    await closeSession(endpoint, id);
  } catch (refused) {
    if (refused.status !== 404 && refused.status !== 409) {
      throw refused;
    }
  }
}

/** Shows it as the snapshot has it. */
export function updateInstance(snapshot, now) {
  const endpoint = snapshot.endpoints.find(candidate => candidate.name === parts.endpoint);
  const instance = endpoint?.instances.find(candidate => candidate.id === parts.id);
  latest = { endpoint, instance };
  const present = instance !== undefined;
  for (const part of [parts.facts, parts.link]) {
    part.hidden = !present;
  }
  const byOperator = present && instance.draining.includes("OPERATOR");
  hideButton(parts.drain.button, !present || byOperator, parts.undrain.button);
  hideButton(parts.undrain.button, !byOperator, parts.drain.button);
  hideButton(parts.close.button, !present || instance.sessions === 0, byId("panel-title"));
  showModels(instance?.models ?? null, now);
  if (!present) {
    showAbsence(endpoint);
    return;
  }
  text(byId("panel-title"), nameOf(instance));
  attribute(parts.state, "data-state", stateOf(instance));
  text(parts.state, `${capital(condition(instance))}. ${MEANING[stateOf(instance)]}`);
  showFacts(parts.facts, facts(endpoint, instance, now));
}

function showAbsence(endpoint) {
  const departure = endpoint?.left.find(left => left.id === parts.id);
  attribute(parts.state, "data-state", "GONE");
  text(
    parts.state,
    departure
      ? `It left the fleet at ${clock(departure.at)}; its sessions are lost.`
      : "There is no such instance in the fleet.",
  );
}

function facts(endpoint, instance, now) {
  const slots = endpoint.sessions.maxPerInstance;
  const ofSlots = slots ? ` of ${count(slots, "slot")}` : "";
  return [
    ["Why draining", reasons(instance)],
    ["Last failure", instance.lastFailure],
    ["Sessions", `${instance.sessions}${ofSlots}`],
    ["In flight", `${count(instance.inFlight, "request")} of this router${waits(instance, now)}`],
    ["Failures in a row", instance.failures ? String(instance.failures) : null],
    [
      "In this state",
      instance.since ? `since ${clock(instance.since)}, ${ago(instance.since, now)}` : null,
    ],
    ["Address", instance.address],
    ["Variant", instance.variant],
    [
      "Restarts",
      instance.reportsBootId
        ? "detected by the boot id"
        : "not detected: the container reports no boot id",
    ],
  ];
}

function showModels(models, now) {
  parts.modelsTitle.hidden = models === null;
  parts.models.hidden = models === null;
  const sorted = [...(models ?? [])].sort((a, b) => inOrder(a.name, b.name));
  const create = () => el("li");
  each(
    parts.models,
    sorted,
    model => model.name,
    create,
    (item, model) => {
      const use = model.inFlight ? `, ${model.inFlight} in flight` : "";
      text(item, `${model.name}: ${word(model.state)}, ${ago(model.since, now)}${use}`);
    },
  );
}

const capital = sentence => sentence[0].toUpperCase() + sentence.slice(1);
