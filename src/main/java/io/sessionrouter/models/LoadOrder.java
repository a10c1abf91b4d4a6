package io.sessionrouter.models;

import java.util.Comparator;

/**
 * Which member should load a model: one with room and little to do; where none has room, the one
 * whose least recently used model was not used for the longest time. Among equals every replica of
 * the router chooses the same.
 */
final class LoadOrder implements Comparator<MemberModels> {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final ModelLoad load;

  LoadOrder(ModelLoad load) {
    this.load = load;
  }

  @Override
  public int compare(MemberModels a, MemberModels b) {
    if (a.hasRoom() != b.hasRoom()) {
      return a.hasRoom() ? -1 : 1;
    }
    int byWork = a.hasRoom() ? byWork(a, b) : Long.compare(a.oldestNeed(), b.oldestNeed());
    return byWork != 0 ? byWork : Long.compareUnsigned(rank(b), rank(a));
  }

  private int byWork(MemberModels a, MemberModels b) {
    int byLoads = Integer.compare(a.loads().size(), b.loads().size());
    if (byLoads != 0) {
      return byLoads;
    }
    if (load.work().prefers(a.member(), b.member())) {
      return -1;
    }
    return load.work().prefers(b.member(), a.member()) ? 1 : 0;
  }

  /** Rendezvous hashing: depends on the two names only, and scatters models over members. */
  private long rank(MemberModels there) {
    long hash = load.model().name().hashCode() * 31L + there.member().instance().id().hashCode();
    hash *= GOLDEN;
    hash ^= hash >>> 32;
    return hash * GOLDEN;
  }
}
