package io.sessionrouter.gateway;

import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.auth.quota.Quotas;
import io.sessionrouter.container.Expiries;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Placement;
import io.sessionrouter.models.Models;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.StoreHealth;
import io.sessionrouter.telemetry.Telemetry;
import java.time.InstantSource;

/**
 * What the steps of a request's path need of other rooms, shared by all event loops: each step gets
 * its own part, and no more.
 *
 * @param routes for the steps resolve and place
 * @param affinities for the step settle
 * @param records for what is written down
 * @param quotas what principals use
 */
public record PathDependencies(
    Admission admission,
    FleetView fleet,
    RouteSources routes,
    AffinityStore affinities,
    RecordSinks records,
    Quotas quotas,
    InstantSource clock) {

  public static PathDependencies of(
      Sessions sessions,
      StoreHealth store,
      LastTokens lastTokens,
      Authenticator authenticator,
      FleetView fleet,
      Placement placement,
      Models models,
      SessionCloser closer,
      Telemetry telemetry,
      Quotas quotas,
      InstantSource clock) {
    return new PathDependencies(
        new Admission(fleet, authenticator),
        fleet,
        new RouteSources(sessions, store, placement, models),
        new AffinityStore(sessions, closer, new Expiries(telemetry.meters()), clock),
        new RecordSinks(telemetry, lastTokens),
        quotas,
        clock);
  }
}
