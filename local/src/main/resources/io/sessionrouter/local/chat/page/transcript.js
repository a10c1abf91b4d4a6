import { CONTINUED, OPENING, STATELESS, bytes, count, generated, millis } from "./figures.js";

const TITLES = {
  [OPENING]: "New session",
  [CONTINUED]: "In the session",
  [STATELESS]: "Without session",
};

/** Older turns leave the page. */
const MOST = 200;

/** An element with text, which is never taken for markup. */
export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

/** One turn on the page: what was sent, the answer as it grows, and what it cost. */
export class TurnView {
  #root = element("li", "turn");
  #answer = element("p", "answer");
  #text = new Text();
  #foot = element("div", "foot");

  constructor(list, kind, question) {
    this.#root.dataset.kind = kind;
    this.#root.dataset.state = "waiting";
    this.#answer.setAttribute("aria-live", "polite");
    this.#answer.setAttribute("aria-busy", "true");
    this.#answer.append(this.#text);
    this.#root.append(
      element("p", "kind", TITLES[kind]),
      element("p", "question", question),
      this.#answer,
      this.#foot,
    );
    list.querySelectorAll(".remedies").forEach(former => former.remove());
    list.append(this.#root);
    while (list.children.length > MOST) {
      list.firstElementChild.remove();
    }
    this.show();
  }

  show() {
    this.#root.scrollIntoView({ block: "nearest" });
  }

  append(text) {
    this.#root.dataset.state = "streaming";
    this.#text.appendData(text);
  }

  /** The answer is complete, or as complete as it will be. */
  finish(turn, note) {
    this.#end("done");
    if (note) {
      this.#foot.append(element("p", "note", note));
    }
    this.#foot.append(facts(turn));
    this.show();
  }

  /** The answer did not come, or broke off. */
  fail(failure, remedies) {
    this.#end("failed");
    const alert = element("div", "failure");
    alert.setAttribute("role", "alert");
    alert.append(
      element("p", "code", failure.code ?? "Broken off"),
      element("p", "message", failure.message),
    );
    if (failure.request) {
      alert.append(element("p", "request", `Request ${failure.request}`));
    }
    this.#foot.append(alert, this.#buttons(remedies));
    this.show();
  }

  #end(state) {
    this.#root.dataset.state = state;
    this.#answer.setAttribute("aria-busy", "false");
  }

  #buttons(remedies) {
    const row = element("p", "remedies");
    for (const { label, act } of remedies) {
      const button = element("button", "", label);
      button.type = "button";
      button.addEventListener("click", () => {
        row.remove();
        act();
      });
      row.append(button);
    }
    return row;
  }
}

/** What a turn cost, in terms and values. */
function facts(turn) {
  const list = element("dl", "facts");
  const add = (name, value, key) => {
    const row = element("div");
    row.dataset.fact = key;
    row.append(element("dt", "", name), element("dd", "", value));
    list.append(row);
  };
  add("answered by", turn.instance ?? "not told", "instance");
  add("first token", millis(turn.firstToken), "first-token");
  add("router and model", millis(turn.served), "served");
  add("from cache", `${count(turn.cachedTokens)} of ${count(turn.promptTokens)} tokens`, "cached");
  add("sent", bytes(turn.sent), "sent");
  add("answer", generated(turn), "generated");
  return list;
}
