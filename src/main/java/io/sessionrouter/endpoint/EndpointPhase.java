package io.sessionrouter.endpoint;

/** Where an endpoint is between its beginning and its end. */
public enum EndpointPhase {
  /** It takes all requests. */
  IN_SERVICE,
  /** It answers the sessions that it has, as long as they live, and nothing else. */
  RETIRED,
  /** Its sessions have ended; requests that had begun go on. */
  DELETED
}
