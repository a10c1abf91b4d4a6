package io.sessionrouter.ops;

import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.session.SessionListing;
import jakarta.inject.Singleton;

/** Puts together what all rooms know of a session. */
@Singleton
final class SessionViews {
  private final LastTokens lastTokens;

  SessionViews(LastTokens lastTokens) {
    this.lastTokens = lastTokens;
  }

  SessionView of(EndpointFleet endpoint, Session session) {
    return SessionView.of(
        session,
        endpoint.settings().sessions().idleTimeout(),
        lastTokens.of(endpoint.settings().name(), session.id()));
  }

  SessionPage of(EndpointFleet endpoint, SessionListing.Page page) {
    return new SessionPage(
        page.sessions().stream().map(session -> of(endpoint, session)).toList(), page.cursor());
  }
}
