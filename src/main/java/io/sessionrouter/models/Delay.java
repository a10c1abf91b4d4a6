package io.sessionrouter.models;

import io.vertx.core.Future;

/** Lets time pass without a thread that waits. */
@FunctionalInterface
interface Delay {
  Future<Void> of(long millis);
}
