package io.sessionrouter.session;

import io.sessionrouter.session.Sessions.OwnerSlot;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reserves places for sessions that are about to open, where a principal may have only so many.
 *
 * <p>A refusal has the principal's index mended in the background: a session that ended without
 * leaving it would take a place until its absolute end.
 */
final class OwnerSlots {
  private static final long MENDING_GAP_MILLIS = Duration.ofSeconds(10).toMillis();

  private final OwnerIndex index;
  private final OwnedListing listing;
  private final RetryQueue debts;
  private final InstantSource clock;
  private final String prefix = UUID.randomUUID().toString().substring(0, 8) + '-';
  private final AtomicLong taken = new AtomicLong();
  private final Map<String, Long> mended = new ConcurrentHashMap<>();

  OwnerSlots(OwnerIndex index, OwnedListing listing, RetryQueue debts, InstantSource clock) {
    this.index = index;
    this.listing = listing;
    this.debts = debts;
    this.clock = clock;
  }

  Future<@Nullable OwnerSlot> reserve(EndpointSessions sessions, String owner, long max) {
    OwnerSlot slot = new OwnerSlot(sessions.name(), owner, prefix + taken.incrementAndGet());
    long until = clock.millis() + sessions.slotLife().toMillis();
    return index
        .reserve(slot, until, max)
        .onSuccess(free -> mendUnless(free, sessions, owner))
        .onFailure(why -> unsureOf(slot, why))
        .map(free -> free ? slot : null);
  }

  void release(OwnerSlot slot) {
    index.release(slot).onFailure(why -> debts.owe("slot", () -> index.release(slot)));
  }

  /** Forgets what is not needed any more. */
  void trim() {
    long now = clock.millis();
    mended.values().removeIf(last -> now - last >= MENDING_GAP_MILLIS);
  }

  private void mendUnless(boolean free, EndpointSessions sessions, String owner) {
    if (!free && due(sessions.name() + ':' + owner)) {
      listing.mend(sessions, owner);
    }
  }

  private boolean due(String name) {
    long now = clock.millis();
    Long last = mended.get(name);
    if (last != null && now - last < MENDING_GAP_MILLIS) {
      return false;
    }
    mended.put(name, now);
    return true;
  }

  /** The caller goes without the slot. If Redis took it all the same it must not stay taken. */
  private void unsureOf(OwnerSlot slot, Throwable why) {
    if (StoreUnavailable.outcomeUnknown(why)) {
      debts.owe("unconfirmed slot", () -> index.release(slot));
    }
  }
}
