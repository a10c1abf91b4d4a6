import { EventReader } from "./events.js";

const SESSION = "X-Amzn-SageMaker-Session-Id";

/** An error that the router, the container or this page's own server gave as its answer. */
export class Refused extends Error {
  /**
   * @param {number} status of the answer
   * @param {{code: string, message: string, request?: string, raw?: string, original?: {code: string,
   *   message: string}, retry?: boolean}} error `original` is the container's own error, `retry`
   *   whether the answer says that the same request may be sent again
   */
  constructor(
    status,
    { code, message, request = null, raw = null, original = null, retry = false },
  ) {
    super(message);
    Object.assign(this, { name: "Refused", status, code, request, raw, original, retry });
  }
}

/** An answer that began and did not come to its end, or did not come at all. */
export class Broken extends Error {
  /** The router reported nothing, so a person may try. */
  retry = true;

  constructor(message, cause) {
    super(message, { cause });
    this.name = "Broken";
  }
}

/** An answer whose head is there. */
export class Answer {
  #response;

  constructor(response) {
    this.#response = response;
    const [id, expires] = (this.#header("X-Amzn-SageMaker-New-Session-Id") ?? "").split(
      /;\s*Expires=/i,
    );
    /** The session that it opened: its id and its end; null if none. */
    this.opened = id ? { id, expires: new Date(expires) } : null;
    /** The container that gave it, by the name it calls itself; null if it reports none. */
    this.instance =
      /\binstance=([^\s;,]+)/.exec(this.#header("X-Amzn-SageMaker-Custom-Attributes") ?? "")?.[1] ??
      null;
    /** Milliseconds of the router, and all behind it, until the answer began; null if unknown. */
    this.served = Number(
      /\brouter;dur=([\d.]+)/.exec(this.#header("Server-Timing") ?? "")?.[1] ?? NaN,
    );
  }

  #header(name) {
    return this.#response.headers.get(name);
  }

  /** The reply's tokens as they come, each with its text; the last one has `details`. */
  async *tokens() {
    if (!(this.#header("Content-Type") ?? "").startsWith("text/event-stream")) {
      yield whole(await this.#response.json());
      return;
    }
    const events = new EventReader();
    let last = null;
    for await (const piece of pieces(this.#response.body)) {
      for (const data of events.push(piece)) {
        last = token(data);
        yield last;
      }
    }
    if (!last?.details) {
      throw new Broken("The answer broke off: its stream ended before the answer did.");
    }
  }
}

/** Streams of a body are not iterable in every browser. */
async function* pieces(body) {
  const reader = body.getReader();
  try {
    for (let next = await read(reader); !next.done; next = await read(reader)) {
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // it has ended already, or was broken off
  }
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (failure) {
    throw failure.name === "AbortError"
      ? failure
      : new Broken("The answer broke off: the connection was closed before its end.", failure);
  }
}

function token(data) {
  const event = JSON.parse(data);
  if (event.error) {
    throw new Refused(200, {
      code: event.error_type ?? "ModelError",
      message: event.error,
      raw: data,
    });
  }
  return { text: event.token.special ? "" : event.token.text, details: event.details };
}

/** A reply without tokens comes as one JSON. */
function whole(reply) {
  const details = reply.usage ? { finish_reason: reply.finish_reason, ...reply.usage } : {};
  return { text: reply.generated_text ?? "", details };
}

/**
 * Sends a request and waits for the head of its answer.
 *
 * @param {string} endpoint
 * @param {{session?: string, body: string, signal?: AbortSignal, keepalive?: boolean}} request
 * @throws {Refused} if the answer is an error
 */
export async function call(endpoint, { session, body, signal, keepalive }) {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
  if (session) {
    headers[SESSION] = session;
  }
  const url = `/endpoints/${endpoint}/invocations`;
  const response = await send(url, { method: "POST", headers, body, signal, keepalive });
  if (!response.ok) {
    throw await refusal(response);
  }
  return new Answer(response);
}

async function send(url, options) {
  try {
    return await fetch(url, options);
  } catch (failure) {
    throw failure.name === "AbortError"
      ? failure
      : new Broken("Nothing answers at this page's address. Is ./demo still running?", failure);
  }
}

/** Not every server answers in JSON: what cannot be read is shown as it came. */
async function refusal(response) {
  const raw = await response.text();
  const header = name => response.headers.get(name);
  const common = {
    raw,
    request: header("x-amzn-RequestId"),
    retry: response.headers.has("Retry-After"),
  };
  const error = parsed(raw);
  return error?.code && error.Message
    ? new Refused(response.status, {
        ...common,
        code: error.code,
        message: error.Message,
        original: originalOf(error),
      })
    : new Refused(response.status, {
        ...common,
        code: `HTTP ${response.status}`,
        message: raw || "There was no text.",
      });
}

/** The container's own error within the router's. */
function originalOf({ OriginalMessage: text }) {
  const { error } = parsed(text ?? "") ?? {};
  return error?.code && error.message ? { code: error.code, message: error.message } : null;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
