package io.sessionrouter.session;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;

/** Who runs the room's jobs again and again. */
interface Periodic {

  /** Runs the job once per period, and never while its run before is not over. */
  void every(Duration period, Supplier<Future<Void>> job);

  /** No job begins any more. */
  void stop();
}
