/* The map of the fleet: endpoints, what they do, and their instances. */

import { attribute, byId, each, el, text } from "./dom.js";
import { causes } from "./news.js";
import { count, digits, inOrder, latency } from "./format.js";
import { instanceCard, updateCard } from "./card.js";
import { rove, settle } from "./roving.js";
import { sessionsLink } from "./route.js";
import { freeSlotsOf, nameOf, sessionsOf, STATES, stateOf, takesWork, word } from "./states.js";
import { Sparkline } from "./sparkline.js";

/** Figures jump less if they are of some seconds. */
const RECENT = 10;

/** From so many instances on, cards say only what matters. */
const MANY = 40;

/** With fewer requests there are no percentiles. */
const FEW = 20;

/** Draws everything anew that changed. */
export function showFleet(snapshot, histories, now) {
  showFigures(snapshot, histories);
  const keyOf = endpoint => endpoint.name;
  each(byId("endpoints"), snapshot.endpoints, keyOf, endpointSection, (section, endpoint) =>
    updateEndpoint(section.parts, endpoint, histories.get(endpoint.name), now),
  );
}

function showFigures({ endpoints }, histories) {
  const instances = endpoints.flatMap(endpoint => endpoint.instances);
  const total = of => endpoints.reduce((sum, endpoint) => sum + of(endpoint), 0);
  const rate = name => [...histories.values()].reduce((sum, h) => sum + h.rate(name, RECENT), 0);
  const free = endpoints.map(freeSlotsOf);
  const figures = [
    [
      "Accepting work",
      instances.filter(takesWork).length,
      `of ${count(instances.length, "instance")}`,
    ],
    ["Sessions", total(sessionsOf), free.includes(null) ? "" : freeSlots(total(freeSlotsOf))],
    [
      "In flight",
      instances.reduce((sum, instance) => sum + instance.inFlight, 0),
      "on this router",
    ],
    ["Requests", digits(rate("requests")), "per second"],
    ["Failures", digits(rate("failed")), "per second"],
  ];
  const create = ([name]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, el("b"), " ", el("span")));
  each(
    byId("figures"),
    figures,
    ([name]) => name,
    create,
    (figure, [, value, of]) => {
      text(figure.querySelector("b"), value.toLocaleString("en"));
      text(figure.querySelector("span"), of);
    },
  );
}

function endpointSection({ name }) {
  const parts = {
    tally: el("p", { class: "tally" }),
    sessions: el("a", { href: sessionsLink(name) }),
    requests: chart(
      "Requests, 15 min",
      new Sparkline(["failedPerSecond", "perSecond"], ["failedPerSecond"], 1),
    ),
    firstByte: chart("First byte, 15 min", new Sparkline(["p50", "slowest"], [], 0.01)),
    failing: el("p", { class: "failing" }),
    variants: el("div", { class: "variants" }),
    left: el("p", { class: "left" }),
  };
  const id = `endpoint-${name}`;
  const section = el(
    "section",
    { class: "endpoint", "aria-labelledby": id },
    el("div", { class: "endpoint-head" }, el("h2", { id }, name), parts.tally, parts.sessions),
    el("div", { class: "charts" }, parts.requests.element, parts.firstByte.element),
    parts.failing,
    parts.variants,
    parts.left,
  );
  section.parts = parts;
  return section;
}

function chart(name, line) {
  const now = el("span", { class: "now" });
  const most = el("span", { class: "most" });
  const element = el(
    "figure",
    {},
    el("figcaption", {}, el("span", {}, name), now, most),
    line.element,
  );
  return { element, line, now, most };
}

function updateEndpoint(parts, endpoint, history, now) {
  text(parts.tally, tally(endpoint.instances));
  const free = freeSlotsOf(endpoint);
  const sessions = count(sessionsOf(endpoint), "session");
  text(parts.sessions, free === null ? sessions : `${sessions}, ${freeSlots(free)}`);
  updateRequests(parts.requests, history, now);
  updateFirstByte(parts.firstByte, endpoint.minute, history, now);
  const failing = byNumber(endpoint.minute.failures);
  const ended = byNumber(endpoint.minute.ended);
  const minute = [
    ...(failing.length ? [`failed: ${causes(failing)}`] : []),
    ...(ended.length ? [`sessions ended: ${causes(ended)}`] : []),
  ];
  text(parts.failing, minute.length ? `In the last minute ${minute.join(" · ")}` : "");
  updateVariants(parts.variants, endpoint, now);
  text(parts.left, left(endpoint.left));
}

const freeSlots = number => `${count(number, "slot")} free`;

function tally(instances) {
  const numbers = STATES.toReversed()
    .map(state => [state, instances.filter(instance => stateOf(instance) === state).length])
    .filter(([, number]) => number > 0);
  return numbers.map(([state, number]) => `${number} ${word(state)}`).join(" · ") || "no instances";
}

function updateRequests({ line, now: shown, most }, history, now) {
  const rate = digits(history.rate("requests", RECENT));
  const failed = history.rate("failed", RECENT);
  text(shown, failed ? `${rate}/s, ${digits(failed)}/s failed` : `${rate}/s`);
  line.draw(history, now, top => {
    text(most, `to ${digits(top)}/s`);
    return `Requests per second over 15 minutes: now ${rate}, at most ${digits(top)}`;
  });
}

function updateFirstByte({ line, now: shown, most }, minute, history, now) {
  const summary = firstBytes(minute);
  text(shown, summary);
  line.draw(history, now, top => {
    text(most, `to ${latency(top)}`);
    return `Time to the first byte over 15 minutes; in the last minute: ${summary}`;
  });
}

/** Of few requests percentiles mean nothing. */
function firstBytes({ requests, firstBytes: { count: number, p50, p99, slowest } }) {
  if (number === 0) {
    return requests > 0 ? "no successful requests" : "no requests";
  }
  return number < FEW
    ? `${count(number, "request")}, slowest ${latency(slowest)}`
    : `${latency(p50)} median, ${latency(p99)} p99`;
}

const byNumber = numbers => Object.entries(numbers).sort((a, b) => b[1] - a[1]);

function updateVariants(place, endpoint, now) {
  each(
    place,
    endpoint.variants,
    variant => variant.name,
    variantGroup,
    (group, variant) => {
      const [title, list] = group.children;
      const instances = endpoint.instances
        .filter(instance => instance.variant === variant.name)
        .sort(byConcern);
      title.hidden = endpoint.variants.length < 2;
      text(title, `${variant.name}, weight ${variant.weight}`);
      attribute(list, "class", instances.length > MANY ? "instances dense" : "instances");
      each(
        list,
        instances,
        instance => instance.id,
        i => instanceCard(endpoint.name, i),
        (card, i) => updateCard(card, i, endpoint.sessions.maxPerInstance ?? null, now),
      );
      if (list.querySelector("a:not([tabindex])") || !list.querySelector("a[tabindex='0']")) {
        settle(list);
      }
    },
  );
}

function variantGroup({ name }) {
  const list = el("ul", { "aria-label": `Instances of ${name}` });
  rove(list);
  return el("div", {}, el("h3"), list);
}

/** What is wrong comes first; the rest has a place of its own that does not change. */
function byConcern(a, b) {
  return STATES.indexOf(stateOf(a)) - STATES.indexOf(stateOf(b)) || inOrder(nameOf(a), nameOf(b));
}

function left(instances) {
  return instances.length ? `Left the fleet: ${instances.map(nameOf).join(", ")}` : "";
}
