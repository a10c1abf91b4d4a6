/* Asks before something is done that cannot be taken back. */

import { byId, text } from "./dom.js";

/** Whether the person says yes; Escape and Cancel are no. */
export function confirmed(title, what, yes) {
  const dialog = byId("confirm");
  text(byId("confirm-title"), title);
  text(byId("confirm-text"), what);
  text(byId("confirm-yes"), yes);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise(answered => {
    dialog.addEventListener("close", () => answered(dialog.returnValue === "yes"), { once: true });
  });
}
