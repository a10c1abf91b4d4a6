package io.sessionrouter.session;

import java.util.Set;

/** Who is notified which instances operators drain. Called on event loops: never blocks. */
@FunctionalInterface
public interface DrainListener {

  /** All marked instances of the endpoint; reported again and again, changed or not. */
  void drained(String endpoint, Set<String> instances);
}
