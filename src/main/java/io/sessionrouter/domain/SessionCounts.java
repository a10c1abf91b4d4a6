package io.sessionrouter.domain;

/** How many live sessions are bound to each instance, as far as this replica knows. */
public interface SessionCounts {

  /** Bound sessions of one instance; cheap, never blocks, may lag other replicas by a moment. */
  int bound(String endpoint, String instance);
}
