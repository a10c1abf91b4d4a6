package io.sessionrouter.session;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who runs the room's jobs again and again. */
interface Periodic {

  /** Runs the job once per period, and never while its run before is not over. */
  void every(Duration period, Supplier<Future<Void>> job);

  /**
   * Runs the job once per period, as above, for as long as there is a period.
   *
   * @param period asked before every run; null ends it
   */
  void everySo(Supplier<@Nullable Duration> period, Supplier<Future<Void>> job);

  /** No job begins any more. */
  void stop();
}
