package io.sessionrouter.session;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import org.jspecify.annotations.Nullable;

/** Redis did not do what it was asked, or did not say so in time. */
final class StoreUnavailable extends RouterException {
  private static final long serialVersionUID = 1L;

  private final boolean outcomeUnknown;

  private StoreUnavailable(@Nullable Throwable cause, boolean outcomeUnknown) {
    super(FailureKind.STORE_UNAVAILABLE, "The session store is unavailable; try again.", cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Nothing was sent. */
  static StoreUnavailable unsent(@Nullable Throwable why) {
    return new StoreUnavailable(why, false);
  }

  /** The command was sent; Redis may or may not have carried it out. */
  static StoreUnavailable unanswered(Throwable why) {
    return new StoreUnavailable(why, true);
  }

  boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
