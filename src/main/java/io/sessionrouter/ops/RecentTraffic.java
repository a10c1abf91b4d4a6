package io.sessionrouter.ops;

import io.sessionrouter.ops.SnapshotSource.Counted;
import io.sessionrouter.telemetry.Traffic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What each endpoint did in the last minute: the difference to a reading that old, of which a few
 * are kept.
 *
 * <p>Used by one thread at a time.
 */
final class RecentTraffic {
  private static final long SLOT_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int MAX_SLOTS = 7;

  private final Deque<Slot> slots = new ArrayDeque<>();

  /**
   * Ten seconds.
   *
   * @param begin what had been counted before
   * @param slowest first bytes in it, in seconds
   */
  private record Slot(Counted begin, Map<String, Double> slowest) {}

  /** Takes a reading, and answers what happened in about the minute before it, by endpoint. */
  Map<String, Traffic> add(Counted now) {
    Slot last = slots.peekLast();
    if (last != null) {
      now.traffic().forEach((name, of) -> last.slowest.merge(name, of.slowest(), Math::max));
    }
    if (last == null || now.nanos() - last.begin.nanos() >= SLOT_NANOS) {
      slots.addLast(new Slot(now, new HashMap<>()));
    }
    if (slots.size() > MAX_SLOTS) {
      slots.removeFirst();
    }
    Map<String, Traffic> minute = new HashMap<>();
    now.traffic().forEach((endpoint, traffic) -> minute.put(endpoint, minute(endpoint, traffic)));
    return minute;
  }

  private Traffic minute(String endpoint, Traffic present) {
    double slowest = 0;
    for (Slot slot : slots) {
      slowest = Math.max(slowest, slot.slowest.getOrDefault(endpoint, 0.0));
    }
    Traffic begin = slots.getFirst().begin.traffic().getOrDefault(endpoint, Traffic.NONE);
    return present.since(begin).withSlowest(slowest);
  }
}
