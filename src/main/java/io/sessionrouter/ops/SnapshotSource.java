package io.sessionrouter.ops;

import io.sessionrouter.session.LossCounts.Lost;
import io.sessionrouter.telemetry.Traffic;
import java.util.List;
import java.util.Map;

/** Where a {@link ConsoleFeed} has its snapshots from. */
interface SnapshotSource {

  /** What the meters have counted up to a moment. */
  record Counted(long nanos, Map<String, Traffic> traffic) {}

  Counted count();

  /**
   * The present, and what happened between the two counts.
   *
   * @param minute what happened in the last minute, by endpoint
   */
  ConsoleSnapshot snapshot(Counted before, Counted now, Map<String, Traffic> minute);

  /** Sessions found lost since this was called before. */
  List<Lost> takeLosses();

  /** Whether this replica is about to end. */
  boolean leaving();
}
