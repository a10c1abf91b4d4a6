package io.sessionrouter.fleet;

import io.vertx.core.Future;

/** Lets time pass without a thread that waits. */
@FunctionalInterface
interface Pauses {
  Future<Void> of(long millis);
}
