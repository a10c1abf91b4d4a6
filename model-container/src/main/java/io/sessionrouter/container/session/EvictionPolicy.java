package io.sessionrouter.container.session;

import java.time.Duration;

/**
 * Whether idle sessions may be taken when memory runs short.
 *
 * @param enabled whether at all
 * @param minIdle how long a session must have been idle
 */
public record EvictionPolicy(boolean enabled, Duration minIdle) {
  /** Sessions stay until they are closed or expire. */
  public static final EvictionPolicy NONE = new EvictionPolicy(false, Duration.ZERO);
}
