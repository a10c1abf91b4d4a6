package io.sessionrouter.fleet;

import io.sessionrouter.domain.Settings;
import java.util.List;

/** Fleets that instances have left, for tests of other rooms. */
public final class Parted {
  private Parted() {}

  /** An endpoint with the members that are there, and what left before. */
  public static EndpointFleet fleet(
      Settings.Endpoint settings, List<Member> members, Departed... left) {
    Departures departures = new Departures(Long.MAX_VALUE / 2, variant -> Long.MIN_VALUE);
    for (Departed each : left) {
      departures.left(each.instance(), Health.UNKNOWN, each.at());
    }
    return new EndpointFleet(settings, members, departures);
  }
}
