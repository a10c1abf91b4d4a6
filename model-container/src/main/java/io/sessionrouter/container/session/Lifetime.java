package io.sessionrouter.container.session;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How long sessions live.
 *
 * @param ttl from the opening, used or not
 * @param idleTimeout from the last use
 */
public record Lifetime(Duration ttl, Optional<Duration> idleTimeout) {
  /** When a session opened now ends, in whole seconds because the header has no finer ones. */
  Instant expiry(Instant now) {
    return now.plus(ttl).truncatedTo(ChronoUnit.SECONDS);
  }
}
