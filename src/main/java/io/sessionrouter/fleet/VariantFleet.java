package io.sessionrouter.fleet;

import io.sessionrouter.endpoint.VariantSettings;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The members of one variant, and its share of new work; immutable. */
public record VariantFleet(String name, double weight, List<Member> members) {
  /** Up to so many members are all compared; of more, two random ones are. */
  static final int SCAN_ALL_BELOW = 8;

  static VariantFleet of(VariantSettings variant, List<Member> all) {
    List<Member> own =
        all.stream().filter(m -> m.instance().variant().equals(variant.name())).toList();
    return new VariantFleet(variant.name(), variant.weight(), own);
  }

  boolean hasRoomFor(PlacementRequest work) {
    return next(work, 0) >= 0;
  }

  /** The member that should take the work, or null if none may. */
  @Nullable Member leastUsed(PlacementRequest work, RandomGenerator random) {
    if (members.isEmpty()) {
      return null;
    }
    if (work.prefix() != Rendezvous.NONE) {
      return leastOfAll(work.among(members), 0);
    }
    int start = members.size() == 1 ? 0 : random.nextInt(members.size());
    return members.size() <= SCAN_ALL_BELOW
        ? leastOfAll(work, start)
        : betterOfTwo(work, start, random);
  }

  /** Begins anywhere, so that equals share the work. */
  private @Nullable Member leastOfAll(PlacementRequest work, int start) {
    Member best = null;
    for (int i = 0; i < members.size(); i++) {
      Member member = at(start + i);
      if (work.fits(member) && (best == null || work.prefers(member, best))) {
        best = member;
      }
    }
    return best;
  }

  private @Nullable Member betterOfTwo(PlacementRequest work, int start, RandomGenerator random) {
    int first = next(work, start);
    if (first < 0) {
      return null;
    }
    int second = next(work, first + 1 + random.nextInt(members.size() - 1));
    Member one = at(first);
    Member two = second < 0 ? one : at(second);
    return work.prefers(two, one) ? two : one;
  }

  /** The position of the first member that fits from the given one on, around the end; or -1. */
  private int next(PlacementRequest work, int from) {
    for (int i = from; i < from + members.size(); i++) {
      if (work.fits(at(i))) {
        return i;
      }
    }
    return -1;
  }

  private Member at(int position) {
    return members.get(position % members.size());
  }
}
