package io.sessionrouter.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What one source of instances says, and which of its instances are missing since when.
 *
 * <p>Not thread-safe: {@link Roster} guards it.
 */
final class SourceState {
  private final String variant;
  private final FleetUpdates.Vanished vanished;
  private final Map<String, Listed> byId = new LinkedHashMap<>();
  private long knownUntil;

  /**
   * @param missingSince 0 while it is listed
   */
  record Listed(Sighting sighting, long missingSince) {

    boolean missing() {
      return missingSince > 0;
    }
  }

  SourceState(String variant, FleetUpdates.Vanished vanished) {
    this.variant = variant;
    this.vanished = vanished;
  }

  String variant() {
    return variant;
  }

  FleetUpdates.Vanished vanished() {
    return vanished;
  }

  /** Up to when the source is known to be right; 0 if it has said nothing yet. */
  long knownUntil() {
    return knownUntil;
  }

  void lists(Collection<Sighting> sightings, long asOf, long now) {
    Map<String, Listed> old = new LinkedHashMap<>(byId);
    byId.clear();
    sightings.forEach(s -> byId.putIfAbsent(s.instance().id(), new Listed(s, 0)));
    old.forEach((id, listed) -> byId.putIfAbsent(id, missing(listed, now)));
    stillAt(asOf);
  }

  void stillAt(long asOf) {
    knownUntil = Math.max(knownUntil, asOf);
  }

  /** What is listed. */
  List<Sighting> present() {
    return byId.values().stream().filter(l -> !l.missing()).map(Listed::sighting).toList();
  }

  /** What is missing and not given up yet. */
  List<Sighting> missing() {
    return byId.values().stream().filter(Listed::missing).map(Listed::sighting).toList();
  }

  /**
   * Gives up missing instances.
   *
   * @return whether there were any
   */
  boolean giveUp(Predicate<Listed> which) {
    List<Listed> missing = new ArrayList<>(byId.values());
    missing.removeIf(l -> !l.missing() || !which.test(l));
    missing.forEach(l -> byId.remove(l.sighting().instance().id()));
    return !missing.isEmpty();
  }

  private Listed missing(Listed listed, long now) {
    if (listed.missing()) {
      return listed;
    }
    Standing standing =
        vanished == FleetUpdates.Vanished.DRAINS ? Standing.UNLISTED : Standing.TERMINATING;
    return new Listed(new Sighting(listed.sighting().instance(), standing), now);
  }
}
