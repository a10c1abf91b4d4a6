/* Talks to the management API. Paths are relative, so that the console works behind any prefix. */

const BASE = new URL("../v1/", document.baseURI);

const PATIENCE_MILLIS = 15_000;
const UNAUTHORIZED = 401;

/** Whether the browser keeps a key, which no script can read. */
export const loggedIn = () => document.cookie.includes("session-router-logged-in=");

/** A refusal of the API, with the text it gave. */
export class Refused extends Error {
  constructor(status, code, message, ended = null) {
    super(message);
    this.status = status;
    this.code = code;

    /** What is still known of a session that ended. */
    this.ended = ended;
  }
}

export const liveUrl = new URL("live", BASE);

/** One page of an endpoint's live sessions. */
export function sessionPage({ endpoint, instance, idle, cursor, limit }) {
  const query = new URLSearchParams({ limit });
  for (const [name, value] of Object.entries({ instance, idle, cursor })) {
    if (value) {
      query.set(name, value);
    }
  }
  return call("GET", `endpoints/${encodeURIComponent(endpoint)}/sessions?${query}`);
}

/** Live sessions of all endpoints by what people have of them: an id's begin, or a log's hash. */
export const findSessions = text =>
  call("GET", `sessions?${new URLSearchParams({ search: text })}`);

export const session = (endpoint, id) => call("GET", sessionPath(endpoint, id));

export const closeSession = (endpoint, id) => call("DELETE", sessionPath(endpoint, id));

export const drain = (endpoint, id) => call("POST", drainPath(endpoint, id));

export const undrain = (endpoint, id) => call("DELETE", drainPath(endpoint, id));

/** Why the router does not let this page watch; null if it would. */
export async function whyNotLive() {
  const abort = new AbortController();
  try {
    const answer = await fetch(liveUrl, { cache: "no-store", signal: abort.signal });
    return answer.ok ? null : (await refusal(answer)).message;
  } finally {
    abort.abort();
  }
}

const sessionPath = (endpoint, id) =>
  `sessions/${encodeURIComponent(endpoint)}/${encodeURIComponent(id)}`;

const drainPath = (endpoint, id) =>
  `endpoints/${encodeURIComponent(endpoint)}/instances/${encodeURIComponent(id)}/drain`;

async function call(method, path) {
  let answer;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MILLIS);
    answer = await fetch(new URL(path, BASE), { method, cache: "no-store", signal });
  } catch {
    throw new Refused(0, "Unreachable", "The router does not answer.");
  }
  if (!answer.ok) {
    throw await refusal(answer);
  }
  return answer.status === 204 ? null : answer.json();
}

async function refusal(answer) {
  if (answer.status === UNAUTHORIZED) {
    location.replace(new URL("../console/login.html", BASE));
  }
  try {
    const { code, message, session: ended } = await answer.json();
    return new Refused(answer.status, code, message, ended);
  } catch {
    return new Refused(answer.status, "Unreadable", `The router answered ${answer.status}.`);
  }
}
