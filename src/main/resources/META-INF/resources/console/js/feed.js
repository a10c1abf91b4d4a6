/* The stream of snapshots, and how fresh the last one is. */

import { liveUrl, whyNotLive } from "./api.js";

const AGAIN_MILLIS = 2_000;
const SILENT_MILLIS = 10_000;

/** Without a snapshot for so long, what is shown is no longer the present. */
export const STALE_MILLIS = 3_500;

/** Keeps watching: connects again whatever ended the connection. */
export class Feed {
  #source = null;
  #onSnapshot;
  #present = null;
  #heardAt = performance.now();
  #again = 0;

  /** Why the router refuses to be watched, in its words. */
  refusal = null;

  constructor(onSnapshot) {
    this.#onSnapshot = onSnapshot;
  }

  start() {
    this.#connect();
    setInterval(() => this.#lookAfter(), 1_000);
    // A browser keeps pages one left, and has few connections: those must not keep any.
    addEventListener("pagehide", () => this.#source.close());
    addEventListener("pageshow", event => event.persisted && this.#connect());
  }

  /** Milliseconds since the last snapshot, or since the beginning if there was none. */
  silence() {
    return performance.now() - this.#heardAt;
  }

  #connect() {
    this.#again = performance.now() + SILENT_MILLIS;
    this.#source?.close();
    this.#source = new EventSource(liveUrl);
    this.#source.onmessage = event => this.#receive(event);
  }

  #receive(event) {
    this.#heardAt = performance.now();
    this.#again = this.#heardAt + SILENT_MILLIS;
    this.refusal = null;
    this.#present = merged(this.#present, JSON.parse(event.data));
    this.#onSnapshot(this.#present);
  }

  /** The browser connects again by itself, but not after a refusal, nor when nothing comes. */
  #lookAfter() {
    if (this.#source.readyState === EventSource.CLOSED) {
      this.#again = Math.min(this.#again, performance.now() + AGAIN_MILLIS);
      this.#ask();
    }
    if (performance.now() >= this.#again) {
      this.#connect();
    }
  }

  async #ask() {
    try {
      this.refusal = await whyNotLive();
    } catch {
      this.refusal = null; // it does not answer at all, which is what the page says anyway
    }
  }
}

/** A snapshot that is not whole has the endpoints only that changed. */
function merged(before, next) {
  if (next.whole) {
    return next;
  }
  const changed = new Map(next.endpoints.map(endpoint => [endpoint.name, endpoint]));
  const endpoints = before.endpoints.map(endpoint => changed.get(endpoint.name) ?? endpoint);
  return { ...next, endpoints };
}
