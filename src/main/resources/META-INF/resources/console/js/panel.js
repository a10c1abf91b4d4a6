/* The panel beside the views: one thing in detail. */

import { byId, each, el, text } from "./dom.js";
import { confirmed } from "./confirm.js";

let shown = null;

/** What the panel is about, as its address says. */
export const isShown = hash => shown === hash;

/** Opens the panel for what the address names, empty, with the focus in it. */
export function openPanel(kind, title) {
  shown = location.hash;
  text(byId("panel-kind"), kind);
  text(byId("panel-title"), title);
  byId("panel-body").replaceChildren();
  byId("panel").hidden = false;
  document.body.classList.add("with-panel");
  byId("panel-title").focus();
  return byId("panel-body");
}

/** Closes it, and gives the focus back to what led there. */
export function closePanel() {
  if (shown === null) {
    return;
  }
  const focused = document.activeElement;
  const focusInside = byId("panel").contains(focused) || focused === document.body;
  byId("panel").hidden = true;
  document.body.classList.remove("with-panel");
  if (focusInside) {
    const links = [...document.querySelectorAll("main a")];
    const opener = links.find(link => link.getAttribute("href") === shown);
    (opener?.checkVisibility() ? opener : byId("content")).focus();
  }
  shown = null;
}

/** Facts by name; those without a value are left out. */
export function showFacts(list, facts) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const create = ([name]) => el("div", {}, el("dt", {}, name), el("dd"));
  each(
    list,
    known,
    ([name]) => name,
    create,
    (row, [, value]) => {
      const place = row.lastElementChild;
      if (typeof value === "string") {
        text(place, value);
      } else if (!place.firstChild?.isEqualNode(value)) {
        place.replaceChildren(value);
      }
    },
  );
}

/**
 * A button that asks, acts, and reports how it went.
 *
 * @param question title, text and name of the answer yes; null if there is nothing to ask
 * @param act does it, and returns what to report; it is given a function that reports its progress
 */
export function action(name, question, act) {
  const result = el("p", { class: "result", role: "status" });
  const button = el("button", { type: "button", class: "act" }, name);
  let acting = false; // and not disabled, which would take the focus away
  button.addEventListener("click", async () => {
    if (!acting && (question === null || (await confirmed(...question())))) {
      acting = true;
      await perform(act, result);
      acting = false;
    }
  });
  return { button, result };
}

async function perform(act, result) {
  result.classList.remove("failed");
  text(result, "Working …");
  try {
    text(result, await act(progress => text(result, progress)));
  } catch (refused) {
    result.classList.add("failed");
    text(result, refused.message);
  }
}

/** Hides a button; the focus, if it is there, goes to something else. */
export function hideButton(button, hidden, other) {
  const focused = document.activeElement === button;
  button.hidden = hidden;
  if (hidden && focused) {
    other.hidden = false;
    other.focus();
  }
}
