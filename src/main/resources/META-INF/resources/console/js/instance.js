/* One instance in the panel, live. */

import { drain, undrain } from "./api.js";
import { action, hideButton, openPanel, showFacts } from "./panel.js";
import { ago, clock, count, inOrder } from "./format.js";
import { attribute, each, el, text } from "./dom.js";
import { MEANING, reasons, word } from "./states.js";
import { sessionsLink } from "./route.js";

let parts = null;

/** Opens the panel for it; {@link updateInstance} fills it. */
export function openInstance(endpoint, id) {
  const body = openPanel(`Instance of ${endpoint}`, id);
  parts = {
    endpoint,
    id,
    state: el("p", { class: "state" }),
    facts: el("dl", { class: "facts" }),
    models: el("ul", { class: "models" }),
    modelsTitle: el("h3", {}, "Models"),
    drain: action(
      "Drain …",
      () => drainQuestion(id),
      () => drained(endpoint, id),
    ),
    undrain: action(
      "Take the drain back …",
      () => undrainQuestion(id),
      () => undrained(endpoint, id),
    ),
    link: el("p", {}, el("a", { href: sessionsLink(endpoint, id) }, "Its sessions")),
  };
  parts.drain.button.hidden = true;
  parts.undrain.button.hidden = true;
  body.append(
    parts.state,
    parts.facts,
    parts.link,
    parts.modelsTitle,
    parts.models,
    parts.drain.button,
    parts.undrain.button,
    parts.drain.result,
    parts.undrain.result,
  );
}

const drainQuestion = id => [
  `Drain ${id}?`,
  "It gets no new work, from no router, until the drain is taken back. Its sessions go on.",
  "Drain",
];

async function drained(endpoint, id) {
  await drain(endpoint, id);
  text(parts.undrain.result, "");
  return "It is drained: no new work goes there.";
}

const undrainQuestion = id => [
  `Take the drain of ${id} back?`,
  "It gets new work again, from every router, unless something else keeps it from that.",
  "Take back",
];

async function undrained(endpoint, id) {
  await undrain(endpoint, id);
  text(parts.drain.result, "");
  return "The drain is taken back.";
}

/** Shows it as the snapshot has it. */
export function updateInstance(snapshot, now) {
  const endpoint = snapshot.endpoints.find(candidate => candidate.name === parts.endpoint);
  const instance = endpoint?.instances.find(candidate => candidate.id === parts.id);
  const present = instance !== undefined;
  for (const part of [parts.facts, parts.link]) {
    part.hidden = !present;
  }
  const byOperator = present && instance.draining.includes("OPERATOR");
  hideButton(parts.drain.button, !present || byOperator, parts.undrain.button);
  hideButton(parts.undrain.button, !byOperator, parts.drain.button);
  showModels(instance?.models ?? null, now);
  if (!present) {
    showAbsence(endpoint);
    return;
  }
  attribute(parts.state, "data-state", instance.state);
  text(parts.state, `${capital(word(instance.state))}. ${MEANING[instance.state]}`);
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
  return [
    ["Why draining", reasons(instance)],
    ["Sessions", `${instance.sessions}${slots ? ` of ${count(slots, "slot")}` : ""}`],
    ["In flight", `${count(instance.inFlight, "request")} of this router`],
    ["Failures in a row", instance.failures ? String(instance.failures) : null],
    [
      "In this state",
      instance.since ? `since ${clock(instance.since)}, ${ago(instance.since, now)}` : null,
    ],
    ["Address", instance.address],
    ["Variant", instance.variant],
    [
      "A restart",
      instance.tellsBootId ? "is told from a short break" : "cannot be told from a short break",
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
