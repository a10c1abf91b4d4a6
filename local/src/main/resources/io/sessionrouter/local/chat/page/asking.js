/* Sends requests and shows their answers: what a session is opened, asked and closed with. */

import { Broken, Refused, call } from "./calls.js";
import { CONTINUED, OPENING, STATELESS, bytes, count, summary, verdict } from "./figures.js";
import { TurnView, element, pair } from "./transcript.js";
import { explained } from "./failures.js";
import { inWords, length, refresh, showState, typedContext } from "./view.js";
import { page, state } from "./state.js";
import { remember } from "./memory.js";

const MOST_TURNS = 1000;

/** Does one thing at a time; what is asked for meanwhile is dropped. */
export async function alone(act) {
  if (state.busy) {
    return;
  }
  state.busy = true;
  refresh();
  try {
    await act();
  } finally {
    state.busy = false;
    remember(state);
    refresh();
  }
}

/** Sends one request and shows its answer; returns the turn. */
async function run(turn, body, { place = page.turns, remedies }) {
  page.nothing.hidden = true;
  state.running = new AbortController();
  turn.sent = length(body);
  turn.tokens = 0;
  turn.text = "";
  const view = new TurnView(place, turn);
  view.wait(awaited(turn), turn.kind === OPENING || place !== page.turns);
  try {
    await converse(turn, view, body);
    view.finish(turn);
  } catch (failure) {
    settle(failure, turn, view, remedies);
  } finally {
    state.running = null;
    state.turns.push(turn);
    state.turns.splice(0, state.turns.length - MOST_TURNS);
    refresh();
  }
  return turn;
}

/** What the person waits for. */
function awaited({ kind, sent }) {
  if (kind === OPENING) {
    return `Opening… reading ${bytes(sent)}`;
  }
  const who = kind === CONTINUED ? state.session.instance : null;
  return `waiting for ${who ?? "an instance"}`;
}

async function converse(turn, view, body) {
  const ids = { [CONTINUED]: state.session?.id, [OPENING]: "NEW_SESSION" };
  const begin = performance.now();
  const signal = state.running.signal;
  const answer = await call(state.scene.endpoint, { session: ids[turn.kind], body, signal });
  turn.instance = answer.instance;
  turn.served = answer.served;
  turn.opened = answer.opened;
  for await (const token of answer.tokens()) {
    turn.firstToken ??= performance.now() - begin;
    turn.tokens = token.details?.generated_tokens ?? turn.tokens + 1;
    turn.text += token.text;
    view.append(token.text);
    turn.lastToken = performance.now() - begin;
    turn.cachedTokens = token.details?.cached_tokens;
    turn.promptTokens = token.details?.prompt_tokens;
  }
}

function settle(failure, turn, view, remedies) {
  if (failure.name === "AbortError") {
    turn.note = "Stopped.";
    view.finish(turn);
  } else if (failure instanceof Refused || failure instanceof Broken) {
    turn.failure = explained(failure);
    delete turn.firstToken; // what failed is not compared
    view.fail(turn.failure, remedies(turn.failure));
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

/**
 * Opens a session.
 *
 * @param then what is done with it; it is done again, too, if the person tries again
 * @returns whether there is a session now
 */
export async function open(context, then = () => {}) {
  const again = { label: "Try again", act: () => alone(() => open(context, then)) };
  const turn = { kind: OPENING, question: `Context of ${count(context.length)} characters` };
  await run(turn, payload(context, { requestType: "NEW_SESSION" }), {
    remedies: failure => (failure.retry ? [again] : []),
  });
  if (turn.opened) {
    state.session = { ...turn.opened, context, instance: turn.instance };
    page.context.value = context;
    refresh();
    if (!turn.failure && !turn.note) {
      await then();
    }
  }
}

/** Asks in the session, which is opened first if there is none. */
export async function askInSession(question, place) {
  if (!state.session) {
    await open(typedContext(), () => askInSession(question));
    return;
  }
  const { context } = state.session;
  const again = { label: "Ask again", act: () => alone(() => askInSession(question)) };
  const anew = {
    label: "Open a new session and ask again",
    act: () => alone(() => reopen(context, question)),
  };
  await run({ kind: CONTINUED, question }, payload(question), {
    place,
    remedies: failure => {
      if (failure.ended) {
        state.session = null;
        showState("gone", `${failure.title}.`);
      }
      return [
        ...(failure.retry && state.session ? [again] : []),
        ...(failure.ended || failure.retry ? [anew] : []),
      ];
    },
  });
  if (state.session?.resumed) {
    state.session.resumed = false;
  }
}

export async function askWithout(question, place) {
  const context = state.session?.context ?? typedContext();
  const again = { label: "Ask again", act: () => alone(() => askWithout(question)) };
  return run({ kind: STATELESS, question }, payload(`${context} ${question}`.trim()), {
    place,
    remedies: failure => (failure.retry ? [again] : []),
  });
}

/** One after the other, so that neither makes the other slower. */
export async function askBoth(question) {
  if (!state.session) {
    await open(typedContext(), () => askBoth(question));
    return;
  }
  const place = pair(page.turns);
  await askInSession(question, place);
  const inSession = state.turns.at(-1);
  if (inSession.failure || inSession.note) {
    return;
  }
  inSession.paired = true;
  const without = await askWithout(question, place);
  showPairVerdict(place, inSession, without);
}

export function showPairVerdict(place, inSession, without) {
  const turns = [inSession, without];
  const found = verdict(summary(turns, CONTINUED), summary(turns, STATELESS));
  if (found) {
    const line = element("p", "verdict");
    line.append(...inWords(found));
    place.append(line);
    line.scrollIntoView({ block: "nearest" });
  }
}

async function reopen(context, question) {
  await close();
  await open(context, () => askInSession(question));
}

/** Frees the container's memory. */
export async function close() {
  const closing = state.session;
  state.session = null;
  refresh();
  if (!closing) {
    return;
  }
  showState("none", "The session is closed.");
  try {
    await call(state.scene.endpoint, {
      session: closing.id,
      body: JSON.stringify({ requestType: "CLOSE" }),
      keepalive: true,
    });
  } catch (failure) {
    showState("gone", `The session could not be closed: ${explained(failure).message}`);
  }
}
