package io.sessionrouter.endpoint;

/**
 * The rooms that follow the catalog, in the order in which they learn of what is new: what requests
 * need is there before requests can see the endpoint. They learn in reverse of what is removed.
 */
public enum Room {
  METERS,
  TLS,
  SESSIONS,
  FLEET,
  MODELS,
  DISCOVERY
}
