package io.sessionrouter.session;

import io.sessionrouter.session.Sessions.Slot;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Reserves places for sessions that are about to open, where their number is limited. */
final class SlotReservations {
  private final SessionIndex index;
  private final RetryQueue debts;
  private final Activity activity;
  private final InstantSource clock;
  private final String prefix = UUID.randomUUID().toString().substring(0, 8) + '-';
  private final AtomicLong taken = new AtomicLong();

  SlotReservations(SessionIndex index, RetryQueue debts, Activity activity, InstantSource clock) {
    this.index = index;
    this.debts = debts;
    this.activity = activity;
    this.clock = clock;
  }

  Future<@Nullable Slot> reserve(EndpointSessions sessions, String instance, int max) {
    Slot slot = new Slot(sessions.name(), instance, prefix + taken.incrementAndGet());
    long until = clock.millis() + sessions.slotLife().toMillis();
    sessions.counts().change(instance, 1);
    activity.on(sessions.name(), instance);
    return index
        .reserve(slot, until, max)
        .map(free -> free ? slot : null)
        .onSuccess(got -> uncount(sessions, slot, got != null))
        .onFailure(why -> unsureOfSlot(sessions, slot, why));
  }

  /**
   * Releases a slot.
   *
   * @param sessions of its endpoint; null if that is gone
   */
  void release(@Nullable EndpointSessions sessions, Slot slot) {
    if (sessions != null) {
      sessions.counts().change(slot.instance(), -1);
    }
    releaseInRedis(slot);
  }

  private static void uncount(EndpointSessions sessions, Slot slot, boolean taken) {
    if (!taken) {
      sessions.counts().change(slot.instance(), -1);
    }
  }

  /** The caller goes without the slot. If Redis took it all the same it must not stay taken. */
  private void unsureOfSlot(EndpointSessions sessions, Slot slot, Throwable why) {
    uncount(sessions, slot, false);
    if (StoreUnavailable.outcomeUnknown(why)) {
      debts.owe("unconfirmed slot", () -> index.release(slot));
    }
  }

  private void releaseInRedis(Slot slot) {
    index.release(slot).onFailure(why -> debts.owe("slot", () -> index.release(slot)));
  }
}
