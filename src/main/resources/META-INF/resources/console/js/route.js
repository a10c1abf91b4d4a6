/* What the part after # means, and how to link there. */

export const fleetLink = () => "#/";

export const instanceLink = (endpoint, id) => link("instances", endpoint, id);

export const sessionLink = (endpoint, id) => link("sessions", endpoint, id);

/** All sessions, or those of an endpoint, or of an instance. */
export function sessionsLink(endpoint, instance) {
  const query = new URLSearchParams();
  if (endpoint) {
    query.set("endpoint", endpoint);
  }
  if (instance) {
    query.set("instance", instance);
  }
  return query.size ? `#/sessions?${query}` : "#/sessions";
}

/** Live sessions that are found by a part of their id, or by their hash in the logs. */
export const searchLink = text => `#/sessions?${new URLSearchParams({ search: text })}`;

const link = (...parts) => `#/${parts.map(encodeURIComponent).join("/")}`;

/** Which view, with which filter, and which panel; what makes no sense is the fleet. */
export function route(hash = location.hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").map(decoded);
  const filter = new URLSearchParams(query ?? "");
  const panel = parts.length === 3 && parts[2] ? { endpoint: parts[1], id: parts[2] } : null;
  if (parts[0] === "sessions") {
    return {
      view: "sessions",
      endpoint: filter.get("endpoint") ?? panel?.endpoint ?? null,
      instance: filter.get("instance"),
      search: filter.get("search"),
      panel: panel && { kind: "session", ...panel },
    };
  }
  const instance = parts[0] === "instances" && panel;
  return { view: "fleet", panel: instance ? { kind: "instance", ...instance } : null };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
