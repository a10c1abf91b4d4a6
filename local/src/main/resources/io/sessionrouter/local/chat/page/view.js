/* Shows what can be done now, and what the turns so far have cost. */

import {
  CONTINUED,
  OPENING,
  STATELESS,
  bytes,
  count,
  millis,
  percent,
  summary,
  verdict,
} from "./figures.js";
import { element } from "./transcript.js";
import { page, state } from "./state.js";

const size = new TextEncoder();

/** Bytes of a text on its way. */
export const length = text => size.encode(text).length;

export const typedContext = () => page.context.value.trim();

export function refresh() {
  showControls();
  showSession();
  showCost();
  showComparison();
}

function showControls() {
  const { busy, session } = state;
  page.stop.hidden = !busy;
  page.send.hidden = page.both.hidden = busy;
  page.open.disabled = page.close.disabled = busy;
  page.open.textContent = session ? "New session" : "Open a session";
  page.close.hidden = !session;
  page.sample.hidden = page["context-hint"].hidden = page.context.readOnly = Boolean(session);
  page.suggestions.querySelectorAll("button").forEach(button => {
    button.disabled = busy;
  });
}

/** Says what the session is like now, beyond whether it is open. */
export function showState(kind, text) {
  page.session.dataset.state = kind;
  page["session-text"].textContent = text;
}

function showSession() {
  const { session, scene } = state;
  page["session-id"].hidden = page["session-loss"].hidden = true;
  if (!session) {
    return;
  }
  const until = session.expires.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const word = session.resumed ? "Kept over the reload: open" : "Open";
  showState("open", `${word} on ${session.instance ?? "an instance"} until ${until}.`);
  page["session-id"].textContent = session.id;
  page["session-id"].hidden = false;
  const holder = scene.instances.find(instance => instance.name === session.instance);
  page["session-loss"].hidden = !holder;
  page["session-kill"].textContent = holder ? `kill -9 ${holder.process}` : "";
}

export function showCost() {
  page["context-size"].textContent = `${count(typedContext().length)} characters`;
  const context = bytes(length(state.session?.context ?? typedContext()));
  if (page.stateless.checked) {
    page.cost.textContent = `Each question carries the context again: ${context}.`;
  } else {
    page.cost.textContent = state.session
      ? "Only the question is sent."
      : `The first question opens a session with the context: ${context}.`;
  }
}

function showComparison() {
  const both = {
    continued: summary(state.turns, CONTINUED),
    stateless: summary(state.turns, STATELESS),
  };
  const show = { count, firstToken: millis, cached: percent, sent: bytes };
  for (const [row, format] of Object.entries(show)) {
    const cells = page.comparison.querySelectorAll(`[data-row="${row}"] td`);
    cells[0].textContent = format(both.continued[row]);
    cells[1].textContent = format(both.stateless[row]);
  }
  showVerdict(verdict(both.continued, both.stateless));
  showBars(both);
  const opening = state.turns.findLast(
    turn => turn.kind === OPENING && Number.isFinite(turn.firstToken),
  );
  page.opened.textContent = opening
    ? `The last session was opened once, in ${millis(opening.firstToken)} and ${bytes(opening.sent)}.`
    : "";
}

function showVerdict(found) {
  const text = found ? `${found.factor} ${found.text}` : null;
  if (text && text !== page.verdict.textContent) {
    page.verdict.className = "verdict";
    page.verdict.replaceChildren(...inWords(found));
  }
}

/** A verdict's factor, large, and its words. */
export const inWords = ({ factor, text }) => [element("strong", "", factor), ` ${text}`];

function showBars(both) {
  const longest = Math.max(both.continued.firstToken, both.stateless.firstToken);
  page.bars.hidden = !Number.isFinite(longest);
  for (const row of page.bars.children) {
    const { firstToken } = both[row.dataset.kind];
    row.querySelector(".bar").style.width = `${(firstToken / longest) * 100}%`;
    row.querySelector(".value").textContent = millis(firstToken);
  }
}
