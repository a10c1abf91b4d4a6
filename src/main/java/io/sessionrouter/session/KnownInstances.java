package io.sessionrouter.session;

import java.util.Collection;

/** Where the session room learns which instances there are, so that it counts and reaps theirs. */
@FunctionalInterface
public interface KnownInstances {

  /** Ids of the endpoint's present instances; cheap, read again in every round. */
  Collection<String> of(String endpoint);
}
