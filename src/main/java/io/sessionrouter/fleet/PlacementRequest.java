package io.sessionrouter.fleet;

import io.sessionrouter.domain.SessionCounts;
import java.util.Collection;
import java.util.List;

/**
 * A piece of work to be placed: which members may take it, and which of two should.
 *
 * @param opens whether it opens a session
 * @param max sessions a member may hold
 * @param tried members that failed it already
 * @param panic whether it goes to members that are out only for what they did to requests
 * @param prefix what keeps it together with work that begins alike, {@link Rendezvous#NONE} if
 *     nothing does
 * @param crowded requests in flight above which a member is no better for that work than others
 */
public record PlacementRequest(
    String endpoint,
    boolean opens,
    int max,
    Collection<Member> tried,
    SessionCounts counts,
    boolean panic,
    long prefix,
    int crowded) {
  /** How much more than its share of the requests a member may have before work goes elsewhere. */
  private static final double SHARE = 1.25;

  /** The same work, for use after its request went on. */
  public PlacementRequest kept() {
    return new PlacementRequest(
        endpoint, opens, max, List.copyOf(tried), counts, panic, prefix, crowded);
  }

  /** The same work, where no member that should take it is left. */
  public PlacementRequest inPanic() {
    return new PlacementRequest(endpoint, opens, max, tried, counts, true, prefix, crowded);
  }

  /** The same work, to be placed on one of these members. */
  PlacementRequest among(List<Member> members) {
    return prefix == Rendezvous.NONE
        ? this
        : new PlacementRequest(endpoint, opens, max, tried, counts, panic, prefix, limit(members));
  }

  private int limit(List<Member> members) {
    int fitting = 0;
    long requests = 0;
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      if (fits(member)) {
        fitting++;
        requests += member.inFlight();
      }
    }
    return fitting == 0 ? 0 : (int) (SHARE * requests / fitting + 1);
  }

  public boolean fits(Member member) {
    return (panic ? member.placeableInPanic() : member.placeable())
        && !tried.contains(member)
        && hasSlot(member);
  }

  boolean hasSlot(Member member) {
    return !opens || max == Integer.MAX_VALUE || bound(member) < max;
  }

  public boolean prefers(Member a, Member b) {
    if (a.hardToReach() != b.hardToReach()) {
      return b.hardToReach();
    }
    return prefix == Rendezvous.NONE ? lessUsed(a, b) : nearer(a, b);
  }

  /** As long as it is not crowded, the one that the same prefix always prefers. */
  private boolean nearer(Member a, Member b) {
    boolean crowds = a.inFlight() > crowded;
    if (crowds != b.inFlight() > crowded) {
      return !crowds;
    }
    return crowds
        ? lessUsed(a, b)
        : Rendezvous.rank(prefix, a.instance().id()) > Rendezvous.rank(prefix, b.instance().id());
  }

  private boolean lessUsed(Member a, Member b) {
    int difference = opens ? Integer.compare(bound(a), bound(b)) : 0;
    return difference < 0 || (difference == 0 && a.inFlight() < b.inFlight());
  }

  private int bound(Member member) {
    return counts.bound(endpoint, member.instance().id());
  }
}
