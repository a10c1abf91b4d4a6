/* What the states of an instance mean, in words for a person. */

/** In the order of concern. */
export const STATES = ["GONE", "UNHEALTHY", "UNKNOWN", "DRAINING", "HEALTHY"];

export const MEANING = {
  HEALTHY: "Gets new work.",
  DRAINING: "Gets no new work; its sessions go on.",
  UNKNOWN: "Not asked yet: gets no new work.",
  UNHEALTHY: "Fails its checks or breaks requests: gets no new work, its sessions are still tried.",
  GONE: "Nothing listens at its address: the state of its sessions is lost.",
};

/** Why an instance drains. */
export const REASON = {
  OPERATOR: "an operator drains it",
  CONTAINER: "its container says so",
  TERMINATING: "Kubernetes ends it",
  NOT_READY: "Kubernetes says that it is not ready",
  UNLISTED: "DNS lists it no longer",
};

/** The one word of the state: lower case, for sentences. */
export const word = state => state.toLowerCase();

export const reasons = instance => instance.draining.map(why => REASON[why] ?? why).join("; ");

/** Whether it would get new work, slots aside. */
export const takesWork = instance => instance.state === "HEALTHY" && !instance.draining.length;

export const sessionsOf = endpoint =>
  endpoint.instances.reduce((sum, instance) => sum + instance.sessions, 0);

/** Slots for sessions on instances that get new work; null if there is no limit. */
export function slotsOf(endpoint) {
  const each = endpoint.sessions.maxPerInstance ?? null;
  return each === null ? null : each * endpoint.instances.filter(takesWork).length;
}

/** Whether no instance that gets new work has a slot left. */
export function isFull(endpoint) {
  const each = endpoint.sessions.maxPerInstance ?? null;
  const open = endpoint.instances.filter(takesWork);
  return each !== null && open.length > 0 && open.every(instance => instance.sessions >= each);
}
