package io.sessionrouter.gateway;

import io.sessionrouter.fleet.Placement;
import io.sessionrouter.models.Models;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.StoreHealth;

/** What a {@link RouteFinder} finds routes with. */
record RouteSources(Sessions sessions, StoreHealth store, Placement placement, Models models) {}
