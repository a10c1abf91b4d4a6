package io.sessionrouter.session;

import io.sessionrouter.telemetry.SessionMeters;

/** Tells the meters. */
record MeteredEvents(SessionMeters meters) implements SessionEvents {

  @Override
  public void opened(String endpoint) {
    meters.opened(endpoint);
  }

  @Override
  public void closed(String endpoint) {
    meters.closed(endpoint);
  }

  @Override
  public void lost(String endpoint) {
    meters.lost(endpoint);
  }

  @Override
  public void expired(String endpoint, Expiry expiry) {
    meters.expired(endpoint, expiry == Expiry.IDLE);
  }
}
