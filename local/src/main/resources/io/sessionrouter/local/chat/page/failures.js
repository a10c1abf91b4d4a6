/* Failures in words for the person who asked. */

import { count } from "./figures.js";

/** How sessions end, by the words of the router's message. */
const ENDS = [
  [
    / is lost\b/,
    "Session lost",
    "The instance that held the session is gone, and its state with it.",
  ],
  [
    / has expired\b/,
    "Session expired",
    "The session was not used for too long, or reached its longest life.",
  ],
  [/ is closed\b/, "Session closed", "The session was closed."],
  [
    / is not known\b/,
    "Session unknown",
    "The router does not know the session; it ended long ago.",
  ],
];

const TITLES = {
  ServiceUnavailable: "Not available now",
  ThrottlingException: "Too many requests",
  ModelNotReadyException: "The model is being loaded",
  ModelError: "The model refused the request",
  InternalFailure: "The router failed",
  InternalDependencyException: "Something behind the router failed",
  RouterUnreachable: "The router does not answer",
  RouterBroke: "The router broke the connection",
  ValidationError: "The request was refused",
};

/**
 * What a person needs to know of a failure.
 *
 * @returns {{title: string, message: string, raw: string | null, request: string | null,
 *   retry: boolean, ended: boolean}} `retry` is whether the same request may be sent again, `ended`
 *   whether the session is no more, `raw` the answer as it came
 */
export function explained(failure) {
  const { code, message, raw = null, request = null, retry = false } = failure;
  const end = code === "ValidationError" && ENDS.find(([words]) => words.test(message));
  const again = retry || code === "RouterUnreachable"; // nothing was sent
  const facts = { raw, request, retry: again, ended: Boolean(end) };
  if (end) {
    return { ...facts, title: end[1], message: end[2] };
  }
  const known = code === "ModelError" || code === "CONTEXT_TOO_LONG" ? ofModel(failure) : null;
  const title = TITLES[code] ?? code ?? "The answer broke off";
  return known ? { ...facts, ...known } : { ...facts, title, message };
}

/** The container's own error, out of the router's; null if there is none. */
function ofModel({ code, message, original }) {
  const error = original ?? { code, message };
  const long = /it has (\d+) .*the session (\d+) before .*at most (\d+)/.exec(error.message);
  if (error.code === "CONTEXT_TOO_LONG" && long) {
    const [, more, before, most] = long.map(Number);
    const what = before > 0 ? "The session with this question" : "The context";
    return {
      title: "Too long for the model",
      message: `${what} has ${count(more + before)} tokens; this model takes ${count(most)}. Shorten it.`,
    };
  }
  return original ? { title: TITLES.ModelError, message: sentence(error.message) } : null;
}

const sentence = text =>
  `${text[0].toUpperCase()}${text.slice(1)}${/[.!?)]$/.test(text) ? "" : "."}`;
