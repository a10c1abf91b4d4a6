import { OPENING, STATELESS } from "./figures.js";
import { TurnView, element, mark, pair } from "./transcript.js";
import {
  alone,
  askBoth,
  askInSession,
  askWithout,
  close,
  open,
  showPairVerdict,
} from "./asking.js";
import { page, state } from "./state.js";
import { refresh, showCost, showState, typedContext } from "./view.js";
import { recall } from "./memory.js";

/** Questions to the sample text; the last one asks for something that it does not have. */
const QUESTIONS = [
  "What is my cat called?",
  "What is the code of the safe?",
  "Where does my sister live?",
  "Where is the key?",
  "What does Clara like?",
  "What is my horse called?",
];

let sample = "";

/** Asks what is in the field, or what a suggestion says. */
function submit(question, ask) {
  page.question.focus({ preventScroll: true });
  if (!question || state.busy || !page.composer.reportValidity() || !requireContext()) {
    return;
  }
  page.question.value = "";
  alone(() => ask(question));
}

const chosen = question => (page.stateless.checked ? askWithout(question) : askInSession(question));

/** A session without a context would be of no use. */
function requireContext() {
  if (state.session || page.stateless.checked || typedContext()) {
    return true;
  }
  showState("none", "A session needs a context: type one, or take the sample text.");
  page.context.focus();
  return false;
}

/** What is asked again if the field is empty. */
const lastQuestion = () =>
  state.turns.findLast(turn => turn.kind !== OPENING)?.question ?? QUESTIONS[0];

function suggest(question) {
  const button = element("button", "chip", question);
  button.type = "button";
  button.addEventListener("click", () => submit(question, chosen));
  page.suggestions.append(button);
}

function stop() {
  state.running?.abort();
  page.question.focus({ preventScroll: true });
}

function listen() {
  page.open.addEventListener("click", () => {
    if (state.session || requireContext()) {
      alone(openAnew);
    }
  });
  page.close.addEventListener("click", async () => {
    await alone(close);
    page.open.focus();
  });
  page.sample.addEventListener("click", () => {
    page.context.value = sample;
    refresh();
  });
  page.context.addEventListener("input", showCost);
  page.stateless.addEventListener("change", refresh);
  page.stop.addEventListener("click", stop);
  page.both.addEventListener("click", () =>
    submit(page.question.value.trim() || lastQuestion(), askBoth),
  );
  page.composer.addEventListener("submit", event => {
    event.preventDefault();
    submit(page.question.value.trim(), chosen);
  });
  addEventListener("keydown", event => {
    if (event.key === "Escape" && state.running) {
      stop();
    }
  });
  new ResizeObserver(keepTurnsInView).observe(page.composer);
}

async function openAnew() {
  const context = typedContext();
  await close();
  await open(context);
  page.question.focus({ preventScroll: true });
}

/** What is scrolled into view is not to come to lie behind the composer. */
function keepTurnsInView() {
  document.documentElement.style.scrollPaddingBottom = `${page.composer.offsetHeight + 24}px`;
}

/** Shows what was there before the page was reloaded. */
function resume({ session, turns, expired }) {
  state.turns = turns;
  state.session = session ? { ...session, resumed: true } : null;
  page.context.value = session?.context ?? sample;
  page.nothing.hidden = turns.length > 0;
  let place = null;
  for (const turn of turns) {
    const second = place !== null && turn.kind === STATELESS;
    place = second ? place : turn.paired ? pair(page.turns) : null;
    replay(turn, place ?? page.turns);
    if (second) {
      showPairVerdict(place, turns[turns.indexOf(turn) - 1], turn);
      place = null;
    }
  }
  if (session) {
    mark(page.turns, "Page reloaded. The session continues.");
  } else if (expired) {
    showState("gone", "The session expired while the page was closed.");
  }
}

function replay(turn, place) {
  const view = new TurnView(place, turn);
  view.append(turn.text);
  if (turn.failure) {
    view.fail(turn.failure, []);
  } else {
    view.finish(turn);
  }
}

async function start() {
  const [scene, text] = await Promise.all([fetch("scene.json"), fetch("sample.txt")]);
  state.scene = await scene.json();
  sample = (await text.text()).trim().replace(/\s*\n\s*/g, " ");
  resume(recall());
  QUESTIONS.forEach(suggest);
  listen();
  refresh();
  page.question.focus({ preventScroll: true });
}

await start();
