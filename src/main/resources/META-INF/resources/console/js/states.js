/* What the states of an instance mean, in words for a person. */

/** In the order of concern. */
export const STATES = ["GONE", "UNHEALTHY", "SILENT", "UNKNOWN", "DRAINING", "HEALTHY"];

export const MEANING = {
  HEALTHY: "Accepts new work.",
  SILENT: "Does not answer its checks; still gets new work until it is judged unhealthy.",
  DRAINING: "Gets no new work; its sessions continue.",
  UNKNOWN: "Not checked yet: gets no new work.",
  UNHEALTHY:
    "Fails its checks or breaks requests: gets no new work; requests of its sessions are still sent.",
  GONE: "Nothing listens at its address: the state of its sessions is lost.",
};

/** Why an instance drains. */
export const REASON = {
  OPERATOR: "an operator drains it",
  CONTAINER: "its container asks for it",
  TERMINATING: "Kubernetes terminates it",
  NOT_READY: "Kubernetes reports that it is not ready",
  UNLISTED: "DNS no longer lists it",
};

const WORDS = { SILENT: "not answering", UNKNOWN: "not checked yet" };

/** What people call it: the name of its container or pod, or else its address. */
export const nameOf = instance => instance.name ?? instance.id;

/** Its state as shown: one that misses checks is not shown as healthy. */
export const stateOf = instance =>
  instance.state === "HEALTHY" && instance.missedChecks > 0 ? "SILENT" : instance.state;

/** The one word of the state: lower case, for sentences. */
export const word = state => WORDS[state] ?? state.toLowerCase();

/** The state in words, with how far it is from the next one. */
export function condition(instance) {
  const state = stateOf(instance);
  return state === "SILENT"
    ? `${word(state)}, ${instance.missedChecks} of ${instance.checksAllowed} checks`
    : word(state);
}

export const reasons = instance => instance.draining.map(why => REASON[why] ?? why).join("; ");

/** Whether it would get new work, slots aside. */
export const takesWork = instance => instance.state === "HEALTHY" && !instance.draining.length;

export const sessionsOf = endpoint =>
  endpoint.instances.reduce((sum, instance) => sum + instance.sessions, 0);

/** Slots that new sessions could have; null if there is no limit. */
export function freeSlotsOf(endpoint) {
  const each = endpoint.sessions.maxPerInstance ?? null;
  const free = instance => (takesWork(instance) ? Math.max(0, each - instance.sessions) : 0);
  return each === null ? null : endpoint.instances.reduce((sum, i) => sum + free(i), 0);
}

/** Whether it is the only one that accepts new work. */
export function isLastOpen(endpoint, instance) {
  const open = endpoint.instances.filter(takesWork);
  return open.length === 1 && open[0].id === instance.id;
}
