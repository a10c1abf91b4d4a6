/** What the page knows; main.js changes it, view.js shows it. */
export const state = {
  /** The system behind the page, as the server describes it. */
  scene: null,
  /** The open session: id, context, instance and end; null if none is. */
  session: null,
  /** All turns so far, the oldest first. */
  turns: [],
  /** Ends the request under way; null if none is. */
  running: null,
  /** Whether one action, which may take several requests, is not finished yet. */
  busy: false,
};

/** The page's elements by id. */
export const page = Object.fromEntries(
  [...document.querySelectorAll("[id]")].map(found => [found.id, found]),
);
