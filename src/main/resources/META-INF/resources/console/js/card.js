/* One instance on the map. */

import { attribute, el, text } from "./dom.js";
import { count, words } from "./format.js";
import { instanceLink } from "./route.js";
import { takesWork, word } from "./states.js";

/** Up to so many slots are drawn one by one. */
const DRAWN = 32;
const MODELS_NAMED = 2;

/** A card, empty as yet. */
export function instanceCard(endpoint, { id }) {
  const link = el(
    "a",
    { class: "instance", href: instanceLink(endpoint, id) },
    el("span", { class: "mark", "aria-hidden": "true" }),
    el("span", { class: "name" }, id),
    el("span", { class: "bar", "aria-hidden": "true" }),
    el("span", { class: "load" }),
    el("span", { class: "note" }),
  );
  return el("li", {}, link);
}

/** Shows the instance as it is now. */
export function updateCard(card, instance, slots) {
  const link = card.firstElementChild;
  const [, , bar, load, note] = link.children;
  const concern = takesWork(instance) ? "" : stateAndWhy(instance);
  attribute(link, "data-state", instance.state);
  attribute(link, "aria-label", spoken(instance, slots));
  attribute(link, "title", instance.id);
  updateBar(bar, instance.sessions, slots);
  text(load, loaded(instance, slots));
  text(note, concern || models(instance));
}

function updateBar(bar, sessions, slots) {
  bar.hidden = slots === null;
  const filled = slots ? Math.min(1, sessions / slots) : 0;
  attribute(bar, "data-full", slots !== null && sessions >= slots);
  bar.style.setProperty("--filled", filled);
  bar.style.setProperty("--slots", slots !== null && slots <= DRAWN ? slots : 1);
}

function loaded(instance, slots) {
  const sessions =
    slots === null ? count(instance.sessions, "session") : `${instance.sessions}/${slots}`;
  return instance.inFlight ? `${sessions}, ${instance.inFlight} in flight` : sessions;
}

function stateAndWhy(instance) {
  const why = instance.draining.map(words).join(", ");
  return why ? `${word(instance.state)} (${why})` : word(instance.state);
}

function models(instance) {
  const names = (instance.models ?? []).map(model => model.name);
  const more = names.length - MODELS_NAMED;
  return names.slice(0, MODELS_NAMED).join(", ") + (more > 0 ? ` +${more}` : "");
}

function spoken(instance, slots) {
  const sessions = count(instance.sessions, "session");
  const of = slots === null ? "" : ` in ${count(slots, "slot")}`;
  return `${instance.id}: ${stateAndWhy(instance)}, ${sessions}${of}, ${instance.inFlight} in flight`;
}
