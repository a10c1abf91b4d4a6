/* The one look: what is wrong now, the worst first, as the router judges it. */

import { attribute, byId, each, el, text } from "./dom.js";
import { count, duration } from "./format.js";
import { instanceLink } from "./route.js";
import { takesWork } from "./states.js";

const MOST_SHOWN = 8;
const GOOD = { level: "good", text: "All is well" };

/** Shows what is wrong, or that nothing is. */
export function showVerdict({ verdict, endpoints }, now) {
  const place = byId("verdict");
  if (!place.firstChild) {
    place.append(el("h1"), el("p"), el("ul"));
  }
  const [title, calm, list] = place.children;
  const [worst] = verdict;
  attribute(place, "data-level", worst?.level ?? "good");
  each(title, worst ? [worst] : [GOOD], keyOf, problemLink, (link, problem) =>
    text(link, words(problem, now)),
  );
  text(calm, worst ? "" : wellBeing(endpoints.flatMap(endpoint => endpoint.instances)));
  showRest(list, verdict, now);
}

function showRest(list, verdict, now) {
  const rest = verdict.slice(1, MOST_SHOWN);
  if (verdict.length > MOST_SHOWN) {
    rest.push({ level: "warn", text: `and ${verdict.length - MOST_SHOWN} more` });
  }
  const create = problem => el("li", {}, problemLink(problem));
  each(list, rest, keyOf, create, (item, problem) => {
    attribute(item, "data-level", problem.level);
    text(item.firstElementChild, words(problem, now));
  });
}

const keyOf = ({ level, text: what, endpoint, instance }) =>
  [level, what, endpoint, instance].join("\n");

/** What is about an instance leads there. */
const problemLink = ({ endpoint, instance }) =>
  instance ? el("a", { href: instanceLink(endpoint, instance) }) : el("span");

function words({ text: what, since }, now) {
  return since ? `${what}, for ${duration((now - Date.parse(since)) / 1000)}` : what;
}

function wellBeing(instances) {
  const open = instances.filter(takesWork).length;
  const drained = instances.length - open;
  const rest = drained ? `, ${drained} draining` : "";
  return `${count(open, "instance accepts", "instances accept")} new work${rest}. Redis answers.`;
}
