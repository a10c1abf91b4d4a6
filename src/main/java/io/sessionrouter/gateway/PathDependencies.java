package io.sessionrouter.gateway;

import io.sessionrouter.container.Expiries;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Placement;
import io.sessionrouter.models.Models;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.StoreHealth;
import io.sessionrouter.telemetry.LogFields;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.telemetry.Telemetry;
import java.time.InstantSource;

/** The rooms a request walks through, shared by all event loops. */
public record PathDependencies(
    Admission admission,
    Sessions sessions,
    LastTokens lastTokens,
    StoreHealth store,
    FleetView fleet,
    Placement placement,
    Models models,
    SessionCloser closer,
    Expiries expiries,
    Telemetry telemetry,
    InstantSource clock) {

  /** A request was refused before it was known what it asks for. */
  public void refused(RouterException why, CharSequence requestId) {
    meters().refused(why.kind());
    if (telemetry.accessLog().on()) {
      telemetry
          .accessLog()
          .write(
              () -> new LogFields().with("request", requestId).with("outcome", why.kind().label()));
    }
  }

  public RequestMeters meters() {
    return telemetry.meters();
  }
}
