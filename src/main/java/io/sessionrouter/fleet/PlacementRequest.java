package io.sessionrouter.fleet;

import io.sessionrouter.domain.SessionCounts;
import java.util.Collection;

/**
 * A piece of work to be placed: which members may take it, and which of two should.
 *
 * @param opens whether it opens a session
 * @param max sessions a member may hold
 * @param tried members that failed it already
 * @param panic whether it goes to members that are out only for what they did to requests
 */
public record PlacementRequest(
    String endpoint,
    boolean opens,
    int max,
    Collection<Member> tried,
    SessionCounts counts,
    boolean panic) {

  static PlacementRequest of(
      EndpointFleet endpoint, boolean opens, Collection<Member> tried, SessionCounts counts) {
    Integer max = endpoint.settings().sessions().maxPerInstance();
    return new PlacementRequest(
        endpoint.settings().name(),
        opens,
        max == null ? Integer.MAX_VALUE : max,
        tried,
        counts,
        false);
  }

  /** The same work, for use after its request went on. */
  public PlacementRequest kept() {
    return new PlacementRequest(endpoint, opens, max, java.util.List.copyOf(tried), counts, panic);
  }

  /** The same work, where no member that should take it is left. */
  public PlacementRequest inPanic() {
    return new PlacementRequest(endpoint, opens, max, tried, counts, true);
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
    int difference = opens ? Integer.compare(bound(a), bound(b)) : 0;
    return difference < 0 || (difference == 0 && a.inFlight() < b.inFlight());
  }

  private int bound(Member member) {
    return counts.bound(endpoint, member.instance().id());
  }
}
