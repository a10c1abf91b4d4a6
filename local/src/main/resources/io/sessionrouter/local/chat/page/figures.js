/** What a turn was: the opening of a session, a question in it, or a question without one. */
export const OPENING = "opening";
export const CONTINUED = "continued";
export const STATELESS = "stateless";

/** The middle of some numbers; NaN of none. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What the turns of one kind cost. */
export function summary(turns, kind) {
  const those = turns.filter(turn => turn.kind === kind && Number.isFinite(turn.firstToken));
  return {
    count: those.length,
    firstToken: median(those.map(turn => turn.firstToken)),
    sent: median(those.map(turn => turn.sent)),
    cached: median(
      those
        .filter(turn => turn.promptTokens > 0)
        .map(turn => turn.cachedTokens / turn.promptTokens),
    ),
  };
}

/** In words, what a session does for the first token; null while there is nothing to compare. */
export function verdict(continued, stateless) {
  if (continued.count === 0 || stateless.count === 0) {
    return null;
  }
  const factor = stateless.firstToken / continued.firstToken;
  if (factor >= 1.1) {
    return { factor: times(factor), text: "faster to the first token in the session." };
  }
  if (factor <= 1 / 1.1) {
    return { factor: times(1 / factor), text: "slower to the first token in the session." };
  }
  return { factor: "1 ×", text: "the time to the first token: no difference." };
}

/** Fewer tokens come in too few pieces for a speed that means anything. */
const LEAST_FOR_SPEED = 20;

/** How much an answer was, and how fast it came after its first token. */
export function generated({ tokens, firstToken, lastToken }) {
  const amount = tokens === 1 ? "1 token" : `${count(tokens)} tokens`;
  const speed = ((tokens - 1) / (lastToken - firstToken)) * 1000;
  return tokens < LEAST_FOR_SPEED ? amount : `${amount}, ${count(speed)} per second`;
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

function number(value) {
  return (value < 10 ? precise : whole).format(value);
}

function times(factor) {
  return `${number(factor)} ×`;
}

export function millis(value) {
  return Number.isFinite(value) ? `${number(value)} ms` : "–";
}

/** How long something takes so far: tenths while they can be read. */
export function timer(elapsed) {
  const seconds = elapsed / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
}

export function bytes(value) {
  if (!Number.isFinite(value)) {
    return "–";
  }
  return value < 1000 ? `${whole.format(value)} B` : `${number(value / 1000)} kB`;
}

export function count(value) {
  return Number.isFinite(value) ? whole.format(value) : "–";
}

/** Rounded down, since what is all but all is not all. */
export function percent(share) {
  return Number.isFinite(share) ? `${precise.format(Math.floor(share * 1000) / 10)} %` : "–";
}
