/* Begins here: one stream of snapshots, the views and the panel over it. */

import { attribute, byId, text } from "./dom.js";
import { addEvents, showEvents } from "./news.js";
import { clock, duration } from "./format.js";
import { closePanel, isShown } from "./panel.js";
import { Feed, STALE_MILLIS } from "./feed.js";
import { filterSessions, listenToTable, tableLink, updateSessions } from "./sessions.js";
import { fleetLink, route } from "./route.js";
import { History } from "./history.js";
import { leaveSession, openSession, updateSession } from "./session.js";
import { loggedIn } from "./api.js";
import { listenToSearch } from "./search.js";
import { openInstance, updateInstance } from "./instance.js";
import { showVerdict } from "./verdict.js";
import { showFleet } from "./fleet.js";

const histories = new Map();
const feed = new Feed(arrived);
let snapshot = null;

/** How far the router's clock is ahead of this machine's. */
let ahead = 0;
let here = route();

const routerTime = () => Date.now() + ahead;

function arrived(next) {
  ahead = Date.parse(next.at) - Date.now();
  snapshot = next;
  addEvents(next);
  if (next.history) {
    recall(next.history, Date.parse(next.at));
  }
  for (const endpoint of next.endpoints) {
    remember(endpoint, next);
  }
  text(byId("replica"), `${next.replica.name} · ${next.replica.version}`);
  show();
}

/** The router's record replaces what this page has, also after the router was restarted. */
function recall({ since, endpoints }, until) {
  histories.clear();
  for (const [name, points] of Object.entries(endpoints)) {
    histories.set(name, History.of(points, Date.parse(since), until));
  }
}

function remember({ name, traffic }, { at, seconds, history: recorded }) {
  const history = histories.get(name) ?? new History();
  histories.set(name, history);
  if (seconds > 0 && !recorded) {
    history.add(Date.parse(at), {
      seconds,
      requests: traffic.requests,
      failed: Object.values(traffic.failures).reduce((sum, number) => sum + number, 0),
      p50: traffic.firstBytes.p50,
      slowest: traffic.firstBytes.slowest,
    });
  }
}

function show() {
  showFreshness();
  byId("fleet").hidden = here.view !== "fleet" || snapshot === null;
  byId("sessions").hidden = here.view !== "sessions";
  const now = routerTime();
  if (snapshot) {
    showVerdict(snapshot, now);
    showEvents();
    if (here.view === "fleet") {
      showFleet(snapshot, histories, now);
    } else {
      updateSessions(snapshot, now);
    }
  }
  if (here.panel?.kind === "instance" && snapshot) {
    updateInstance(snapshot, now);
  } else if (here.panel?.kind === "session") {
    updateSession(snapshot, now);
  }
}

/** Never lets something old look like the present. */
function showFreshness() {
  const silent = feed.silence();
  const state = silent > STALE_MILLIS ? "stale" : snapshot ? "live" : "waiting";
  const place = byId("freshness");
  if (place.dataset.state !== state) {
    text(byId("announcement"), ANNOUNCED[state]);
  }
  attribute(place, "data-state", state);
  document.body.classList.toggle("stale", state === "stale");
  text(byId("freshness-text"), freshness(state, silent));
}

const ANNOUNCED = {
  live: "The console is live.",
  stale: "The router sends no data. What is shown is out of date.",
  waiting: "",
};

function freshness(state, silent) {
  if (state === "live") {
    return "Live";
  }
  if (state === "waiting") {
    return "Connecting to the router";
  }
  const since = `No data for ${duration(silent / 1000)}.`;
  const shown = snapshot ? ` What you see is from ${clock(snapshot.at)}.` : "";
  return `${since}${shown} ${feed.refusal ?? "Reconnecting to the router."}`;
}

function go() {
  here = route();
  for (const link of document.querySelectorAll("nav [data-view]")) {
    attribute(link, "aria-current", link.dataset.view === here.view ? "page" : null);
  }
  if (here.view === "sessions") {
    filterSessions(here);
  }
  if (!isShown(location.hash)) {
    leaveSession();
    showPanel(here.panel);
  }
  show();
}

function showPanel(panel) {
  if (!panel) {
    closePanel();
  } else if (panel.kind === "instance") {
    openInstance(panel.endpoint, panel.id);
  } else {
    openSession(panel.endpoint, panel.id);
  }
}

function leavePanel() {
  location.hash = here.view === "sessions" ? tableLink() : fleetLink();
}

function listenToKeys() {
  document.addEventListener("keydown", event => {
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      byId("search-id").focus();
    } else if (event.key === "Escape" && !byId("confirm").open) {
      if (typing) {
        event.target.blur();
      } else if (here.panel) {
        leavePanel();
      }
    }
  });
}

attribute(byId("logout"), "hidden", !loggedIn());
byId("panel-close").addEventListener("click", leavePanel);
listenToKeys();
listenToTable();
listenToSearch(() => snapshot?.endpoints.map(endpoint => endpoint.name) ?? []);
addEventListener("hashchange", go);
feed.start();
go();
setInterval(showFreshness, 1_000);
