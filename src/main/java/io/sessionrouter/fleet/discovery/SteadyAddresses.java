package io.sessionrouter.fleet.discovery;

import io.sessionrouter.fleet.discovery.SliceStore.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a pod at the address it is known by while that is in no slice for a moment, though one of
 * its other address family is: it only moves from one slice to another. Used on one event loop.
 */
final class SteadyAddresses {
  /** As long as a pod may be in no slice at all. */
  static final Duration MOVE_TIME = Duration.ofSeconds(2);

  private Map<String, Kept> byId = new HashMap<>();

  /**
   * @param missingSince when its family was seen last; 0 while it is there
   */
  private record Kept(Found found, long missingSince) {}

  /** What was found, with the addresses that pods had just before. */
  Collection<Found> steady(List<Found> found, long now) {
    Map<String, Kept> next = new HashMap<>();
    List<Found> steady = new ArrayList<>();
    for (Found each : found) {
      Kept kept = keep(each, byId.get(each.id()), now);
      next.put(each.id(), kept);
      steady.add(kept.found);
    }
    byId = next;
    return steady;
  }

  /** Whether an address is kept that may have to be given up. */
  boolean waiting() {
    return byId.values().stream().anyMatch(kept -> kept.missingSince > 0);
  }

  private static Kept keep(Found now, @Nullable Kept before, long at) {
    if (before == null || before.found.family().equals(now.family()) || !samePod(before, now)) {
      return new Kept(now, 0);
    }
    long since = before.missingSince > 0 ? before.missingSince : at;
    return at - since >= MOVE_TIME.toMillis() || preferred(now, before.found)
        ? new Kept(now, 0)
        : new Kept(before.found, since);
  }

  private static boolean samePod(Kept before, Found now) {
    String pod = now.sighting().pod();
    return !pod.isEmpty() && pod.equals(before.found.sighting().pod());
  }

  /** A better family has come, rather than that the better one has gone. */
  private static boolean preferred(Found now, Found before) {
    return SliceStore.rank(now) < SliceStore.rank(before);
  }
}
