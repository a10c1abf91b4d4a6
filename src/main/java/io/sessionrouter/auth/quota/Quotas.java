package io.sessionrouter.auth.quota;

import io.sessionrouter.auth.Quota;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What principals use of endpoints, as far as this replica serves them. Called on event loops:
 * never blocks, and costs a request no memory.
 *
 * <p>Kept for principals and endpoints that are in use. What nobody uses, and would be full anyway,
 * is evicted while others come.
 */
public final class Quotas {
  static final long EVICTION_GAP_NANOS = Duration.ofSeconds(10).toNanos();

  private final Map<String, Map<String, Usage>> byPrincipal = new ConcurrentHashMap<>();
  private final int replicas;
  private final LongSupplier nanos;
  private final AtomicLong evictedAt;

  public Quotas(QuotaSettings settings) {
    this(settings.replicas(), System::nanoTime);
  }

  /**
   * @param replicas of how many this is one; each grants its share
   * @param nanos the time that passes, whatever clocks are set to
   */
  public Quotas(int replicas, LongSupplier nanos) {
    this.replicas = replicas;
    this.nanos = nanos;
    this.evictedAt = new AtomicLong(nanos.getAsLong());
  }

  /**
   * Begins a request.
   *
   * @param quota what the principal may use of the endpoint now
   * @param length of the request's body; -1 if that is not known
   * @return to be ended once the request is over; null if there is nothing to count
   * @throws RouterException of a kind {@code THROTTLED_…} if the request may not begin
   */
  public @Nullable Usage begin(String principal, String endpoint, Quota quota, long length) {
    if (!Share.counts(quota)) {
      return null;
    }
    long now = nanos.getAsLong();
    Usage usage = usage(principal, endpoint, quota, now);
    FailureKind refusal = usage.begin(length, now);
    while (refusal != null && usage.evicted()) {
      usage = usage(principal, endpoint, quota, now);
      refusal = usage.begin(length, now);
    }
    if (refusal != null) {
      throw Throttled.of(refusal, endpoint);
    }
    return usage;
  }

  private Usage usage(String principal, String endpoint, Quota quota, long now) {
    Map<String, Usage> ofPrincipal = byPrincipal.get(principal);
    Usage known = ofPrincipal == null ? null : ofPrincipal.get(endpoint);
    if (known == null || known.evicted()) {
      evictUnused(now);
      known = add(principal, endpoint, quota, now);
    }
    if (!known.applies(quota)) {
      known.apply(quota, Share.of(quota, replicas), now);
    }
    return known;
  }

  private Usage add(String principal, String endpoint, Quota quota, long now) {
    Map<String, Usage> ofPrincipal =
        byPrincipal.computeIfAbsent(principal, name -> new ConcurrentHashMap<>());
    return ofPrincipal.compute(
        endpoint,
        (name, present) ->
            present == null || present.evicted()
                ? new Usage(this, quota, Share.of(quota, replicas), now)
                : present);
  }

  /**
   * The maps of principals stay: there are no more than principals that were ever configured while
   * this replica runs.
   */
  private void evictUnused(long now) {
    long last = evictedAt.get();
    if (now - last >= EVICTION_GAP_NANOS && evictedAt.compareAndSet(last, now)) {
      byPrincipal.values().forEach(usages -> usages.values().removeIf(usage -> usage.evict(now)));
    }
  }

  /** How many usages are kept. */
  int size() {
    return byPrincipal.values().stream().mapToInt(Map::size).sum();
  }

  long now() {
    return nanos.getAsLong();
  }
}
