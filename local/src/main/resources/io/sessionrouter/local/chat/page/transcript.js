import {
  CONTINUED,
  OPENING,
  STATELESS,
  bytes,
  count,
  generated,
  millis,
  timer,
} from "./figures.js";

const TITLES = {
  [OPENING]: "New session",
  [CONTINUED]: "In the session",
  [STATELESS]: "Without session",
};

/** Older turns leave the page. */
const MOST = 200;

const TICK_MILLIS = 100;

/** A wait this short needs no words, unless it is compared with another. */
const SHORT_MILLIS = 1000;

/** The bundled model says so of all that the context does not have. */
const UNKNOWN = /\bI do not know\b/;
const HINT =
  "The bundled model knows what the context says in words like those of the questions above the" +
  " field, and nothing else.";

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

/** Adds an entry to the list, and lets the oldest leave. */
export function append(list, entry) {
  list.querySelectorAll(".remedies").forEach(former => former.remove());
  list.append(entry);
  while (list.children.length > MOST) {
    list.firstElementChild.remove();
  }
  entry.scrollIntoView({ block: "nearest" });
}

/** The place of two turns that are compared, side by side where there is room. */
export function pair(list) {
  const entry = element("li", "pair");
  append(list, entry);
  return entry;
}

/** A line between turns. */
export function mark(list, text) {
  append(list, element("li", "mark", text));
}

/** One turn on the page: what was sent, the answer as it grows, and what it cost. */
export class TurnView {
  #root;
  #answer = element("p", "answer");
  #text = new Text();
  #waiting = element("p", "waiting");
  #foot = element("div", "foot");
  #timer = null;

  /**
   * @param place the list of turns, or a pair in it
   */
  constructor(place, { kind, question }) {
    const inPair = place.classList.contains("pair");
    this.#root = element(inPair ? "div" : "li", "turn");
    this.#root.dataset.kind = kind;
    this.#root.dataset.state = "waiting";
    this.#answer.setAttribute("aria-live", "polite");
    this.#answer.setAttribute("aria-busy", "true");
    this.#answer.append(this.#text);
    this.#waiting.setAttribute("role", "timer");
    this.#root.append(
      element("p", "kind", TITLES[kind]),
      element("p", "question", question),
      this.#answer,
      this.#waiting,
      this.#foot,
    );
    if (inPair) {
      place.append(this.#root);
      this.show();
    } else {
      append(place, this.#root);
    }
  }

  show() {
    this.#root.scrollIntoView({ block: "nearest" });
  }

  /**
   * Shows how long it takes, until the first token.
   *
   * @param what is waited for
   * @param atOnce whether also a short wait is shown
   */
  wait(what, atOnce) {
    const begin = performance.now();
    const tick = () => {
      const elapsed = performance.now() - begin;
      if (atOnce || elapsed >= SHORT_MILLIS) {
        this.#waiting.textContent = `${what}, ${timer(elapsed)}`;
      }
    };
    tick();
    this.#timer = setInterval(tick, TICK_MILLIS);
  }

  #waited() {
    clearInterval(this.#timer);
    this.#waiting.textContent = "";
  }

  append(text) {
    this.#waited();
    this.#root.dataset.state = "streaming";
    this.#text.appendData(text);
  }

  /** The answer is complete, or as complete as it will be. */
  finish(turn) {
    this.#end("done");
    if (turn.note) {
      this.#foot.append(element("p", "note", turn.note));
    } else if (turn.kind !== OPENING && UNKNOWN.test(this.#text.data)) {
      this.#foot.append(element("p", "note", HINT));
    }
    this.#foot.append(facts(turn));
    this.show();
  }

  /** The answer did not come, or broke off. */
  fail({ title, message, raw, request }, remedies) {
    this.#end("failed");
    const alert = element("div", "failure");
    alert.setAttribute("role", "alert");
    alert.append(element("p", "code", title), element("p", "message", message));
    if (raw || request) {
      alert.append(details(raw, request));
    }
    this.#foot.append(alert, this.#buttons(remedies));
    this.show();
  }

  #end(state) {
    this.#waited();
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

/** The error as it came, for those who look for its cause. */
function details(raw, request) {
  const folded = element("details");
  folded.append(element("summary", "", "Details"));
  if (request) {
    folded.append(element("p", "request", `Request ${request}`));
  }
  if (raw) {
    folded.append(element("pre", "raw", raw));
  }
  return folded;
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
  add("answered by", turn.instance ?? "unknown", "instance");
  add("first token", millis(turn.firstToken), "first-token");
  add("router and model", millis(turn.served), "served");
  add("from cache", `${count(turn.cachedTokens)} of ${count(turn.promptTokens)} tokens`, "cached");
  add("sent", bytes(turn.sent), "sent");
  add("answer", generated(turn), "generated");
  return list;
}
