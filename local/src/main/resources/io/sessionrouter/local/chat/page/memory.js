/* What outlives a reload of the page: the session, its context and the turns. */

const KEY = "session-router-chat";
const MOST_TURNS = 200;

/** Keeps it for this tab. What is too large for the browser is not kept at all. */
export function remember({ session, turns }) {
  try {
    const kept = { session, turns: turns.slice(-MOST_TURNS) };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch (failure) {
    if (failure.name !== "QuotaExceededError") {
      throw failure;
    }
    sessionStorage.removeItem(KEY);
  }
}

/** What was kept; a session whose time is over is marked as expired. */
export function recall(now = Date.now()) {
  const { session = null, turns = [] } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  if (!session) {
    return { session, turns, expired: false };
  }
  const expires = new Date(session.expires);
  return expires.getTime() > now
    ? { session: { ...session, expires }, turns, expired: false }
    : { session: null, turns, expired: true };
}
