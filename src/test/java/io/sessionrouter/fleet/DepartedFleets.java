package io.sessionrouter.fleet;

import io.sessionrouter.endpoint.EndpointSettings;
import java.util.List;

/** Fleets that instances have left, for tests of other rooms. */
public final class DepartedFleets {
  private DepartedFleets() {}

  /**
   * An endpoint with the members that are there, and what left before.
   *
   * @param known until when that is certain
   */
  public static EndpointFleet fleet(
      EndpointSettings settings, List<Member> members, long known, Left... left) {
    DepartedInstances departures = new DepartedInstances(Long.MAX_VALUE / 2);
    for (Left each : left) {
      departures.left(each.member(), each.at(), each.at());
    }
    return new EndpointFleet(
        settings,
        members,
        departures,
        new SnapshotValidity(new SnapshotValidity.Until(known, known)));
  }

  /** A member that left. */
  public record Left(Member member, long at) {}
}
