package io.sessionrouter.gateway;

import io.sessionrouter.domain.RouterException;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.telemetry.LogFields;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.telemetry.Telemetry;

/** Where what is written down of requests goes. */
record RecordSinks(Telemetry telemetry, LastTokens lastTokens) {

  RequestMeters meters() {
    return telemetry.meters();
  }

  /** A request was refused before it was known what it asks for. */
  void refused(RouterException why, CharSequence requestId) {
    meters().refused(why.kind());
    if (telemetry.accessLog().on()) {
      telemetry
          .accessLog()
          .write(
              () -> new LogFields().with("request", requestId).with("outcome", why.kind().label()));
    }
  }
}
