package io.sessionrouter.auth;

import org.jspecify.annotations.Nullable;

/**
 * What one principal may use of one endpoint; null is what has no limit.
 *
 * @param requestsPerSecond on average
 * @param burst requests at once after a pause; as many as in a second if it is null
 * @param requestsInFlight at any time
 * @param sessions that are open
 * @param bytesPerSecond of requests' bodies
 */
public record Quota(
    @Nullable Double requestsPerSecond,
    @Nullable Integer burst,
    @Nullable Integer requestsInFlight,
    @Nullable Long sessions,
    @Nullable Long bytesPerSecond) {

  /** Without any limit. */
  public static final Quota UNLIMITED = new Quota(null, null, null, null, null);
}
