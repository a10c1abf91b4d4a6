package io.sessionrouter.auth.quota;

import io.sessionrouter.auth.Quota;
import org.jspecify.annotations.Nullable;

/**
 * What one replica grants of a quota; null is without a limit.
 *
 * @param requests requests per second
 * @param inFlight requests at the same time
 * @param bytes bytes of request bodies per second
 */
record Share(@Nullable Rate requests, @Nullable Integer inFlight, @Nullable Rate bytes) {

  /**
   * So many per second on average.
   *
   * @param burst so many at once after a time without use, one at least
   */
  record Rate(double perSecond, double burst) {

    static Rate of(double perSecond, double burst, int replicas) {
      return new Rate(perSecond / replicas, Math.max(1, burst / replicas));
    }
  }

  /** Whether a replica has to count anything for the quota. */
  static boolean counts(Quota quota) {
    return quota.requestsPerSecond() != null
        || quota.requestsInFlight() != null
        || quota.bytesPerSecond() != null;
  }

  static Share of(Quota quota, int replicas) {
    Double requests = quota.requestsPerSecond();
    Integer burst = quota.burst();
    Integer inFlight = quota.requestsInFlight();
    Long bytes = quota.bytesPerSecond();
    return new Share(
        requests == null ? null : Rate.of(requests, burst == null ? requests : burst, replicas),
        inFlight == null ? null : Math.ceilDiv(inFlight, replicas),
        bytes == null ? null : Rate.of(bytes, bytes, replicas));
  }
}
