package io.sessionrouter.session;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.session.StoreEvents.Failure;
import org.jspecify.annotations.Nullable;

/** Redis did not do what it was asked, as far as this replica knows. */
final class StoreUnavailable extends RouterException {
  private static final long serialVersionUID = 1L;

  private final Failure failure;
  private final boolean outcomeUnknown;

  private StoreUnavailable(@Nullable Throwable cause, Failure failure, boolean outcomeUnknown) {
    super(FailureKind.STORE_UNAVAILABLE, "The session store is unavailable; try again.", cause);
    this.failure = failure;
    this.outcomeUnknown = outcomeUnknown;
  }

  static StoreUnavailable unsent(@Nullable Throwable why) {
    return new StoreUnavailable(why, Failure.UNSENT, false);
  }

  /** Redis may or may not have carried the command out. */
  static StoreUnavailable unanswered(Throwable why) {
    return new StoreUnavailable(why, Failure.UNANSWERED, true);
  }

  /**
   * @param partly whether a part of it may have been carried out, as of a script
   */
  static StoreUnavailable refused(Throwable error, boolean partly) {
    return new StoreUnavailable(error, Failure.REFUSED, partly);
  }

  Failure failure() {
    return failure;
  }

  /** Whether Redis may have carried the command out, or may be yet to. */
  boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  /** Redis' own words, or what happened on the way to it. */
  String words() {
    Throwable cause = getCause();
    return String.valueOf(cause == null ? getMessage() : cause.getMessage());
  }

  static boolean outcomeUnknown(Throwable why) {
    return why instanceof StoreUnavailable store && store.outcomeUnknown;
  }
}
