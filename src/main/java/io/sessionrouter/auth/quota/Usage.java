package io.sessionrouter.auth.quota;

import io.sessionrouter.auth.Quota;
import io.sessionrouter.domain.FailureKind;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What a principal uses of an endpoint, as far as this replica serves it. */
public final class Usage {
  /** In place of requests in flight once the usage was evicted. */
  private static final int EVICTED = Integer.MIN_VALUE;

  private final Quotas quotas;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final TokenBucket requests;
  private final TokenBucket bytes;
  private volatile Limits limits;

  /**
   * @param configured as the principals file says
   * @param share of it, for this replica
   */
  private record Limits(Quota configured, Share share) {}

  Usage(Quotas quotas, Quota configured, Share share, long now) {
    this.quotas = quotas;
    this.limits = new Limits(configured, share);
    this.requests = new TokenBucket(now);
    this.bytes = new TokenBucket(now);
  }

  /** Whether that is what applies already. */
  @SuppressWarnings("ReferenceEquality") // the usual case, at no cost
  boolean applies(Quota configured) {
    Quota present = limits.configured;
    return present == configured || present.equals(configured);
  }

  /** From now on this applies: what was used before stays used. */
  synchronized void apply(Quota configured, Share share, long now) {
    Share before = limits.share;
    if (before.requests() != null && share.requests() != null) {
      requests.change(before.requests(), share.requests(), now);
    }
    if (before.bytes() != null && share.bytes() != null) {
      bytes.change(before.bytes(), share.bytes(), now);
    }
    limits = new Limits(configured, share);
  }

  /**
   * A request wants to begin. If it may, it is in flight until {@link #end}.
   *
   * @param length of its body; -1 if that is not known
   * @return why it may not; null if it may
   */
  @Nullable FailureKind begin(long length, long now) {
    Share share = limits.share;
    Share.Rate ofBytes = share.bytes();
    if (!enter(share.inFlight())) {
      return FailureKind.THROTTLED_IN_FLIGHT;
    }
    if (ofBytes != null && !bytes.has(ofBytes, now)) {
      end();
      return FailureKind.THROTTLED_BYTES;
    }
    if (share.requests() != null && !requests.take(share.requests(), now)) {
      end();
      return FailureKind.THROTTLED_RATE;
    }
    if (ofBytes != null) {
      bytes.charge(ofBytes, length, now);
    }
    return null;
  }

  private boolean enter(@Nullable Integer max) {
    while (true) {
      int present = inFlight.get();
      if (present < 0 || present >= (max == null ? Integer.MAX_VALUE : max)) {
        return false;
      }
      if (inFlight.compareAndSet(present, present + 1)) {
        return true;
      }
    }
  }

  /** So many bytes of a body came whose length was not known before. */
  public void received(long count) {
    Share.Rate rate = limits.share.bytes();
    if (rate != null) {
      bytes.charge(rate, count, quotas.now());
    }
  }

  /** The request is over, stream and all. */
  public void end() {
    inFlight.decrementAndGet();
  }

  int inFlight() {
    return inFlight.get();
  }

  /** Evicts it if it is as one that was never used. */
  boolean evict(long now) {
    return requests.full(now) && bytes.full(now) && inFlight.compareAndSet(0, EVICTED);
  }

  boolean evicted() {
    return inFlight.get() < 0;
  }
}
