package io.sessionrouter.upstream;

import java.util.ArrayList;

/**
 * The connections of one event loop that wait for the rest of a chunk. They are looked at once a
 * tick, so that a chunk pays for no timer. Used on its event loop only.
 */
final class ChunkDeadlines {
  private ArrayList<ChunkAssembler> waiting = new ArrayList<>();
  private ArrayList<ChunkAssembler> looked = new ArrayList<>();

  void add(ChunkAssembler decoder) {
    waiting.add(decoder);
  }

  /** Hands on what has waited for long enough. */
  void look(long nowNanos) {
    ArrayList<ChunkAssembler> present = waiting;
    // Whoever begins to wait meanwhile is looked at next time.
    waiting = looked;
    looked = present;
    for (ChunkAssembler decoder : present) {
      if (!decoder.look(nowNanos)) {
        waiting.add(decoder);
      }
    }
    present.clear();
  }
}
