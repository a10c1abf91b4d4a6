package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.SessionCounts;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Which endpoints nobody uses: no requests for a while, and no sessions on the instance. */
final class EndpointUse {
  static final Duration UNUSED_AFTER = Duration.ofMinutes(1);

  private final SessionCounts counts;
  private final LongSupplier nanos;
  private final long begun;
  private final Map<String, Long> usedAt = new ConcurrentHashMap<>();

  EndpointUse(SessionCounts counts, LongSupplier nanos) {
    this.counts = counts;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
  }

  void forget(String endpoint) {
    usedAt.remove(endpoint);
  }

  /** To be asked at every check of the member, which is what reports its use. */
  boolean unused(Member member) {
    Instance instance = member.instance();
    long now = nanos.getAsLong();
    if (member.usedSinceAsked() || counts.bound(instance.endpoint(), instance.id()) > 0) {
      usedAt.put(instance.endpoint(), now);
      return false;
    }
    return now - usedAt.getOrDefault(instance.endpoint(), begun) >= UNUSED_AFTER.toNanos();
  }
}
