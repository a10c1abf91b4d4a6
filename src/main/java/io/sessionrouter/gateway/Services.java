package io.sessionrouter.gateway;

import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Models;
import io.sessionrouter.fleet.Placement;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.StoreHealth;
import io.sessionrouter.telemetry.RequestMeters;
import java.time.InstantSource;

/** The rooms a request walks through, shared by all event loops. */
record Services(
    Admission admission,
    Sessions sessions,
    StoreHealth store,
    FleetView fleet,
    Placement placement,
    Models models,
    SessionCloser closer,
    RequestMeters meters,
    InstantSource clock) {}
