package io.sessionrouter.domain;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Which target models the live sessions of an instance are bound to. */
@FunctionalInterface
public interface ModelsInUse {

  /**
   * Asks for the sessions of all replicas.
   *
   * @param counts whether a session is to be counted
   * @return fails if that is unknown now
   */
  CompletionStage<Set<String>> on(String endpoint, String instance, Predicate<Session> counts);
}
