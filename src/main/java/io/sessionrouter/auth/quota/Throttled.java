package io.sessionrouter.auth.quota;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;

/** Why a request was refused that would go beyond its principal's quota. */
public final class Throttled {
  private Throttled() {}

  /** The principal has as many live sessions of the endpoint as it may. */
  public static RouterException sessions(String endpoint) {
    return of(FailureKind.THROTTLED_SESSIONS, endpoint);
  }

  /** Says what the quota is for, and not how large it is. */
  static RouterException of(FailureKind kind, String endpoint) {
    String what =
        switch (kind) {
          case THROTTLED_RATE -> "requests per second";
          case THROTTLED_IN_FLIGHT -> "requests at the same time";
          case THROTTLED_BYTES -> "request bytes per second";
          case THROTTLED_SESSIONS -> "live sessions";
          default -> throw new IllegalArgumentException("kind: " + kind + " (expected: a quota's)");
        };
    return new RouterException(
        kind, "Rate exceeded: the quota of " + what + " for endpoint " + endpoint + " is used up.");
  }
}
