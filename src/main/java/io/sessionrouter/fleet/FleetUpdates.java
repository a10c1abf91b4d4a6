package io.sessionrouter.fleet;

import java.util.Collection;

/** Where discoveries report which instances there are. */
public interface FleetUpdates {

  /**
   * Adds a source of instances to a variant. What it lists is merged with the configured instances
   * and with other sources; where two name the same instance or the same address, the configured
   * one holds, then that of the source that was added first.
   *
   * @throws IllegalArgumentException if there is no such endpoint
   */
  Source source(String endpoint, String variant, Vanished vanished);

  /** What becomes of an instance that its source lists no longer. */
  enum Vanished {
    /**
     * It is gone, after a moment in which it may only have moved within the source; unless nobody
     * asked it to end, and it still answers with a boot id.
     */
    LEAVES,
    /** It gets no new work and stays while it answers its health checks. */
    DRAINS
  }

  /** One discovery's say; may be called from any thread. */
  interface Source {

    /**
     * All instances there are now; replaces what was said before. An instance that stays keeps its
     * {@link Member}, with its health and the work under way.
     *
     * @param asOf a moment, epoch milliseconds, when no instance was there that is not listed, and
     *     none that is listed was elsewhere; 0 if no such moment is known
     */
    void lists(Collection<DiscoveredInstance> sightings, long asOf);

    /** The source has nothing to say of any instance now, not even that they left. */
    void silent();

    /** What was said last was still true at this moment. */
    void stillAt(long asOf);

    /** The source ends: what it listed last drains, and what it says from now on is ignored. */
    void close();
  }
}
