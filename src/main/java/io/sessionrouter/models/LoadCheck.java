package io.sessionrouter.models;

import io.sessionrouter.container.ModelApi;
import io.sessionrouter.container.ModelState;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Finds out what became of a model that its container says it has, which may be that it is only
 * being loaded, or a name that an earlier load left behind.
 */
final class LoadCheck {
  private static final long FIRST_PAUSE = 100;
  private static final long MAX_PAUSE_MILLIS = 1000;

  /** So long a name may be without workers at its load's begin, as far as all replicas know. */
  private static final long EMPTY_LISTING_MILLIS = 2_000;

  /** The same where another replica may be loading it without our knowing. */
  private static final long HOLLOW_UNCLAIMED = 30_000;

  private final ModelApi api;
  private final Delay pauses;
  private final InstantSource clock;
  private final LongSupplier loadTimeout;

  LoadCheck(ModelApi api, Delay pauses, InstantSource clock, LongSupplier loadTimeout) {
    this.api = api;
    this.pauses = pauses;
    this.clock = clock;
    this.loadTimeout = loadTimeout;
  }

  /** What the container answered to the load. */
  enum Said {
    LOADED,
    ALREADY_THERE,
    FAILED
  }

  /**
   * Asks until the state is one that lasts.
   *
   * @return {@link ModelState#READY} where the model may be used, {@link ModelState#LOADING} if it
   *     is still being loaded when the load's time is over, else how it is. Never fails
   */
  Future<ModelState> settled(ModelLoad load, Member on, Said said) {
    return new Asking(load, on, said).ask(FIRST_PAUSE);
  }

  private final class Asking {
    private final ModelLoad load;
    private final Member on;
    private final Said said;
    private final long hollowUntil;
    private boolean seen;

    Asking(ModelLoad load, Member on, Said said) {
      this.load = load;
      this.on = on;
      this.said = said;
      this.hollowUntil =
          clock.millis() + (load.claimed() ? EMPTY_LISTING_MILLIS : HOLLOW_UNCLAIMED);
    }

    Future<ModelState> ask(long pause) {
      return api.state(on.instance(), load.model()).compose(state -> judge(state, pause));
    }

    private Future<ModelState> judge(ModelState state, long pause) {
      return switch (state) {
        case READY, FAILED -> done(state);
        case UNSAID -> done(unlessFailed(state));
        // Where it was seen, the container reports single models, and it is gone.
        case ABSENT -> done(seen ? state : unlessFailed(state));
        case UNKNOWN -> said == Said.ALREADY_THERE ? again(pause) : done(unlessFailed(state));
        case LOADING -> again(pause);
        case EMPTY ->
            said == Said.FAILED || clock.millis() >= hollowUntil ? done(state) : again(pause);
      };
    }

    /** What cannot be known here, the first invocation will show. */
    private ModelState unlessFailed(ModelState state) {
      return said == Said.FAILED ? state : ModelState.READY;
    }

    private static Future<ModelState> done(ModelState state) {
      return Future.succeededFuture(state);
    }

    private Future<ModelState> again(long pause) {
      seen = true;
      return clock.millis() - load.beganAt() >= loadTimeout.getAsLong()
          ? done(ModelState.LOADING)
          : pauses.of(pause).compose(later -> ask(Math.min(MAX_PAUSE_MILLIS, pause * 2)));
    }
  }
}
