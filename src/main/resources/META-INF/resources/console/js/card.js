/* One instance on the map. */

import { attribute, el, text } from "./dom.js";
import { count, duration, words } from "./format.js";
import { instanceLink } from "./route.js";
import { condition, nameOf, stateOf } from "./states.js";

/** Up to so many slots are drawn one by one. */
const DRAWN = 32;
const MODELS_NAMED = 2;

/** Requests that wait for this long are worth a word. */
const LONG_WAIT_SECONDS = 3;

/** A card, empty as yet. */
export function instanceCard(endpoint, instance) {
  const link = el(
    "a",
    { class: "instance", href: instanceLink(endpoint, instance.id) },
    el("span", { class: "mark", "aria-hidden": "true" }),
    el("span", { class: "name" }, nameOf(instance)),
    el("span", { class: "bar", "aria-hidden": "true" }),
    el("span", { class: "load" }),
    el("span", { class: "note" }),
  );
  return el("li", {}, link);
}

/** Shows the instance as it is now. */
export function updateCard(card, instance, slots, now) {
  const link = card.firstElementChild;
  const [, name, bar, load, note] = link.children;
  const concern = stateOf(instance) === "HEALTHY" ? "" : stateAndWhy(instance);
  attribute(link, "data-state", stateOf(instance));
  text(name, nameOf(instance));
  attribute(link, "aria-label", spoken(instance, slots));
  attribute(link, "title", `${nameOf(instance)}, ${instance.address}`);
  updateBar(bar, instance.sessions, slots);
  text(load, loaded(instance, slots, now));
  text(note, concern || models(instance));
}

function updateBar(bar, sessions, slots) {
  bar.hidden = slots === null;
  const filled = slots ? Math.min(1, sessions / slots) : 0;
  attribute(bar, "data-full", slots !== null && sessions >= slots);
  bar.style.setProperty("--filled", filled);
  bar.style.setProperty("--slots", slots !== null && slots <= DRAWN ? slots : 1);
}

function loaded(instance, slots, now) {
  const sessions =
    slots === null ? count(instance.sessions, "session") : `${instance.sessions}/${slots}`;
  return instance.inFlight
    ? `${sessions}, ${instance.inFlight} in flight${waits(instance, now)}`
    : sessions;
}

function stateAndWhy(instance) {
  const why = instance.draining.map(words).join(", ");
  return why ? `${condition(instance)} (${why})` : condition(instance);
}

/** How long the oldest request has waited for its answer. */
export function waits({ waitingSince }, now) {
  const seconds = waitingSince ? (now - Date.parse(waitingSince)) / 1000 : 0;
  return seconds >= LONG_WAIT_SECONDS ? `, waiting ${duration(seconds)}` : "";
}

function models(instance) {
  const names = (instance.models ?? []).map(model => model.name);
  const more = names.length - MODELS_NAMED;
  return names.slice(0, MODELS_NAMED).join(", ") + (more > 0 ? ` +${more}` : "");
}

function spoken(instance, slots) {
  const sessions = count(instance.sessions, "session");
  const of = slots === null ? "" : ` in ${count(slots, "slot")}`;
  return `${nameOf(instance)}: ${stateAndWhy(instance)}, ${sessions}${of}, ${instance.inFlight} in flight`;
}
