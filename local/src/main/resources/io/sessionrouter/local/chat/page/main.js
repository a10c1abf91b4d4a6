import { Broken, Refused, call } from "./calls.js";
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
import { TurnView, element } from "./transcript.js";

/** Of the sample text; the last one asks for something that it does not tell. */
const QUESTIONS = [
  "What is my cat called?",
  "What is the code of the safe?",
  "Where does my sister live?",
  "Where is the key?",
  "What does Clara like?",
  "What is my horse called?",
];

const MOST_TURNS = 1000;
const page = Object.fromEntries(
  [...document.querySelectorAll("[id]")].map(found => [found.id, found]),
);
const size = new TextEncoder();
const turns = [];
let scene;
let sample = "";
/** The open session: id, context, instance and end; null if none is. */
let session = null;
/** Ends the request under way; null if none is. */
let running = null;

/** Sends one request and shows its answer; returns the turn. There is only one at a time. */
async function run(kind, question, body, remedies) {
  if (running) {
    return {};
  }
  const view = new TurnView(page.turns, kind, question);
  page.nothing.hidden = true;
  running = new AbortController();
  refresh();
  const turn = { kind, sent: size.encode(body).length, tokens: 0 };
  try {
    await converse(turn, view, body);
    view.finish(turn);
  } catch (failure) {
    settle(failure, turn, view, remedies);
  } finally {
    running = null;
    turns.push(turn);
    turns.splice(0, turns.length - MOST_TURNS);
    refresh();
  }
  return turn;
}

async function converse(turn, view, body) {
  const id =
    turn.kind === CONTINUED ? session.id : turn.kind === OPENING ? "NEW_SESSION" : undefined;
  const begin = performance.now();
  const answer = await call(scene.endpoint, { session: id, body, signal: running.signal });
  turn.instance = answer.instance;
  turn.served = answer.served;
  turn.opened = answer.opened;
  for await (const token of answer.tokens()) {
    turn.firstToken ??= performance.now() - begin;
    turn.tokens = token.details?.generated_tokens ?? turn.tokens + 1;
    view.append(token.text);
    turn.lastToken = performance.now() - begin;
    turn.cachedTokens = token.details?.cached_tokens;
    turn.promptTokens = token.details?.prompt_tokens;
  }
}

function settle(failure, turn, view, remedies) {
  if (failure.name === "AbortError") {
    view.finish(turn, "Stopped.");
  } else if (failure instanceof Refused || failure instanceof Broken) {
    turn.failure = failure;
    delete turn.firstToken; // what failed is not compared
    view.fail(failure, remedies(failure));
  } else {
    throw failure;
  }
}

function payload(inputs, more = {}) {
  const parameters = {
    max_new_tokens: page["most-tokens"].valueAsNumber,
    temperature: page.temperature.valueAsNumber,
  };
  return JSON.stringify({ ...more, inputs, stream: true, parameters });
}

async function open(context) {
  const again = () => [{ label: "Try again", act: () => open(context) }];
  const told = `Context of ${count(context.length)} characters`;
  const turn = await run(OPENING, told, payload(context, { requestType: "NEW_SESSION" }), again);
  if (turn.opened) {
    session = { ...turn.opened, context, instance: turn.instance };
    page.context.value = context;
    refresh();
    page.question.focus();
  }
}

async function ask(question, stateless = page.stateless.checked) {
  page.question.focus();
  const context = session?.context ?? page.context.value.trim();
  const body = payload(stateless ? `${context} ${question}`.trim() : question);
  await run(stateless ? STATELESS : CONTINUED, question, body, failure => {
    const again = {
      label: "Ask again",
      act: () => (stateless || session ? ask(question, stateless) : reopen(context, question)),
    };
    if (stateless) {
      return [again];
    }
    if (ended(failure)) {
      session = null;
      sessionText("gone", "The session is gone.");
    }
    const anew = {
      label: "Open a new session with the same context",
      act: () => reopen(context, question),
    };
    return session ? [again, anew] : [anew];
  });
}

/** The router refuses what belongs to a session that is no more; it puts others off. */
function ended(failure) {
  return failure.status === 400 && failure.code === "ValidationError";
}

async function reopen(context, question) {
  await close();
  page.question.value ||= question;
  await open(context);
}

/** Gives the container its memory back. */
async function close() {
  const closing = session;
  session = null;
  refresh();
  if (!closing) {
    return;
  }
  sessionText("none", "The session is closed.");
  try {
    await call(scene.endpoint, closeCall(closing));
  } catch (failure) {
    sessionText("gone", `The session could not be closed: ${failure.message}`);
  }
}

function closeCall({ id }) {
  return { session: id, body: JSON.stringify({ requestType: "CLOSE" }), keepalive: true };
}

function sessionText(state, text) {
  page.session.dataset.state = state;
  page["session-text"].textContent = text;
}

/** Shows what can be done now, and what the turns so far have cost. */
function refresh() {
  showControls();
  showSession();
  showCost();
  showComparison();
}

function showControls() {
  const busy = running !== null;
  page.stop.hidden = !busy;
  page.send.hidden = busy;
  page.open.disabled = page.close.disabled = busy;
  page.open.textContent = session ? "New session" : "Open a session";
  page.open.classList.toggle("primary", !session);
  page.close.hidden = !session;
  page.sample.hidden = page["context-hint"].hidden = page.context.readOnly = Boolean(session);
  const canAsk = !busy && (session || page.stateless.checked);
  page.send.disabled = !canAsk;
  page.suggestions.querySelectorAll("button").forEach(button => {
    button.disabled = !canAsk;
  });
}

function showSession() {
  page["session-id"].hidden = page["session-loss"].hidden = true;
  if (!session) {
    return;
  }
  const until = session.expires.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  sessionText("open", `Open on ${session.instance ?? "an instance"} until ${until}.`);
  page["session-id"].textContent = session.id;
  page["session-id"].hidden = false;
  const holder = scene.instances.find(instance => instance.name === session.instance);
  page["session-loss"].hidden = !holder;
  page["session-kill"].textContent = holder ? `kill -9 ${holder.process}` : "";
}

function showCost() {
  page["context-size"].textContent = `${count(page.context.value.trim().length)} characters`;
  if (page.stateless.checked) {
    const context = session?.context ?? page.context.value.trim();
    page.cost.textContent = `The context goes along again: ${bytes(size.encode(context).length)}.`;
  } else {
    page.cost.textContent = session
      ? "Only the question is sent."
      : "Open a session first, or send without one.";
  }
}

function showComparison() {
  const both = { continued: summary(turns, CONTINUED), stateless: summary(turns, STATELESS) };
  const show = { count, firstToken: millis, cached: percent, sent: bytes };
  for (const [row, format] of Object.entries(show)) {
    const cells = page.comparison.querySelectorAll(`[data-row="${row}"] td`);
    cells[0].textContent = format(both.continued[row]);
    cells[1].textContent = format(both.stateless[row]);
  }
  showVerdict(verdict(both.continued, both.stateless));
  showBars(both);
  const opening = turns.findLast(turn => turn.kind === OPENING && Number.isFinite(turn.firstToken));
  page.opened.textContent = opening
    ? `The last session was opened once, in ${millis(opening.firstToken)} and ${bytes(opening.sent)}.`
    : "";
}

function showVerdict(said) {
  const text = said ? `${said.factor} ${said.text}` : null;
  if (text && text !== page.verdict.textContent) {
    page.verdict.className = "verdict";
    page.verdict.replaceChildren(element("strong", "", said.factor), ` ${said.text}`);
  }
}

function showBars(both) {
  const longest = Math.max(both.continued.firstToken, both.stateless.firstToken);
  page.bars.hidden = !Number.isFinite(longest);
  for (const row of page.bars.children) {
    const { firstToken } = both[row.dataset.kind];
    row.querySelector(".bar").style.width = `${(firstToken / longest) * 100}%`;
    row.querySelector(".value").textContent = millis(firstToken);
  }
}

function suggest(question) {
  const button = element("button", "chip", question);
  button.type = "button";
  button.addEventListener("click", () => submit(question));
  page.suggestions.append(button);
}

function submit(question) {
  if (!question || page.send.disabled || !page.composer.reportValidity()) {
    return;
  }
  page.question.value = "";
  ask(question);
}

function stop() {
  running?.abort();
  page.question.focus();
}

function listen() {
  page.open.addEventListener("click", async () => {
    const context = page.context.value.trim();
    await close();
    await open(context);
  });
  page.close.addEventListener("click", async () => {
    await close();
    page.open.focus();
  });
  page.sample.addEventListener("click", () => {
    page.context.value = sample;
    refresh();
  });
  page.context.addEventListener("input", showCost);
  page.stateless.addEventListener("change", refresh);
  page.stop.addEventListener("click", stop);
  page.composer.addEventListener("submit", event => {
    event.preventDefault();
    submit(page.question.value.trim());
  });
  addEventListener("keydown", event => {
    if (event.key === "Escape" && running) {
      stop();
    }
  });
  addEventListener("pagehide", leave);
  new ResizeObserver(keepTurnsInView).observe(page.composer);
}

/** What is scrolled into view is not to come to lie behind the composer. */
function keepTurnsInView() {
  document.documentElement.style.scrollPaddingBottom = `${page.composer.offsetHeight + 16}px`;
}

/** A page that is left needs its session no more. */
function leave() {
  if (session) {
    call(scene.endpoint, closeCall(session)).catch(() => {}); // nobody is left to be told
    session = null;
    sessionText("none", "The session was closed when the page was left.");
    refresh();
  }
}

async function start() {
  const [told, text] = await Promise.all([fetch("scene.json"), fetch("sample.txt")]);
  scene = await told.json();
  sample = (await text.text()).trim().replace(/\s*\n\s*/g, " ");
  page.context.value = sample;
  page.console.href = `${scene.management}/console`;
  page.metrics.href = `${scene.management}/q/metrics`;
  QUESTIONS.forEach(suggest);
  listen();
  refresh();
  page.open.focus();
}

await start();
