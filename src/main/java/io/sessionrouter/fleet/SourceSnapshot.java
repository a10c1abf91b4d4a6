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
 * <p>Not thread-safe: {@link Membership} guards it.
 */
final class SourceSnapshot {
  /** A moment before all sessions: the source has spoken, and that proves nothing. */
  private static final long REPORTED = 1;

  private final String variant;
  private final FleetUpdates.Vanished vanished;
  private final Map<String, Listed> byId = new LinkedHashMap<>();
  private long knownUntil;
  private boolean silent;

  /**
   * @param ending whether it was asked to end when it was listed last
   * @param missingSince 0 while it is listed
   */
  record Listed(DiscoveredInstance sighting, boolean ending, long missingSince) {

    static Listed now(DiscoveredInstance sighting) {
      return new Listed(sighting, sighting.standing() == Readiness.TERMINATING, 0);
    }

    boolean missing() {
      return missingSince > 0;
    }
  }

  SourceSnapshot(String variant, FleetUpdates.Vanished vanished) {
    this.variant = variant;
    this.vanished = vanished;
  }

  String variant() {
    return variant;
  }

  /** What becomes of what is missing now: of whom nobody speaks, nobody says that he left. */
  FleetUpdates.Vanished vanished() {
    return silent ? FleetUpdates.Vanished.DRAINS : vanished;
  }

  /** Up to when the source is known to be right; 0 if it has said nothing yet. */
  long knownUntil() {
    return knownUntil;
  }

  /** Up to when nothing was there but what it listed: DNS drops what is there, too. */
  long allKnownUntil() {
    return vanished == FleetUpdates.Vanished.LEAVES ? knownUntil : Math.min(knownUntil, REPORTED);
  }

  void lists(Collection<DiscoveredInstance> sightings, long now) {
    Map<String, Listed> old = new LinkedHashMap<>(byId);
    boolean speaksAgain = silent;
    silent = false;
    byId.clear();
    sightings.forEach(s -> byId.putIfAbsent(s.instance().id(), Listed.now(s)));
    old.forEach((id, listed) -> byId.putIfAbsent(id, missing(listed, speaksAgain ? now : 0, now)));
  }

  /** All that was listed is missing, but not said to have left. */
  void silent(long now) {
    silent = true;
    stillAt(REPORTED);
    byId.replaceAll((id, listed) -> missing(listed, 0, now));
  }

  void stillAt(long asOf) {
    knownUntil = Math.max(knownUntil, asOf);
  }

  /** What is listed. */
  List<DiscoveredInstance> present() {
    return byId.values().stream().filter(l -> !l.missing()).map(Listed::sighting).toList();
  }

  /** What is missing and not given up yet. */
  List<DiscoveredInstance> missing() {
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

  /**
   * @param anew since when it is missing, if that counts from now on only; else 0
   */
  private Listed missing(Listed listed, long anew, long now) {
    long since = listed.missing() && anew == 0 ? listed.missingSince() : now;
    Readiness standing =
        vanished() == FleetUpdates.Vanished.DRAINS ? Readiness.UNLISTED : Readiness.TERMINATING;
    return new Listed(listed.sighting().standing(standing), listed.ending(), since);
  }
}
