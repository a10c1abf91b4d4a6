package io.sessionrouter.ops;

import io.sessionrouter.telemetry.Traffic;
import java.util.Map;

/** Where a {@link ConsoleFeed} has its snapshots from. */
interface SnapshotSource {

  /** What the meters have counted up to a moment. */
  record Counted(long nanos, Map<String, Traffic> traffic) {}

  Counted count();

  /** The present, and what happened between the two counts. */
  ConsoleSnapshot snapshot(Counted before, Counted now);

  /** Whether this replica is about to end. */
  boolean leaving();
}
