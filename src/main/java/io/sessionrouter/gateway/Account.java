package io.sessionrouter.gateway;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.LoadedModel;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.telemetry.SessionKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What one exchange has taken and must give back, and what is written down of it. */
final class Account {
  private static final Logger LOG = Logger.getLogger("io.sessionrouter.gateway.failures");

  private final Services services;
  private final long began = System.nanoTime();
  private final String endpoint;
  private String variant = "";
  private final SessionKind kind;
  private @Nullable Member member;
  private @Nullable Session inUse;
  private Sessions.@Nullable Slot slot;
  private @Nullable LoadedModel model;

  Account(Services services, Invocation invocation) {
    this.services = services;
    this.endpoint = invocation.endpointName();
    this.kind =
        invocation.opens()
            ? SessionKind.NEW
            : invocation.resumes() ? SessionKind.CONTINUED : SessionKind.NONE;
    services.meters().requestBegan();
  }

  /** The session must not end by being idle as long as this runs. */
  void uses(Session session) {
    inUse = session;
    services.sessions().beginUse(endpoint, session);
  }

  void reserved(Sessions.@Nullable Slot taken) {
    slot = taken;
  }

  void releaseSlot() {
    Sessions.Slot taken = slot;
    slot = null;
    if (taken != null) {
      services.sessions().release(taken);
    }
  }

  /** The request was begun on the model. */
  void uses(@Nullable LoadedModel begun) {
    model = begun;
  }

  void releaseModel() {
    LoadedModel begun = model;
    model = null;
    if (begun != null) {
      begun.end();
    }
  }

  void sent(Member to) {
    member = to;
    variant = to.instance().variant();
    to.began();
  }

  /** The session is stored and counts by itself now. */
  void opened(Session begun) {
    releaseSlot();
    uses(begun);
  }

  void firstByte() {
    meters().firstByte(kind, System.nanoTime() - began);
  }

  void succeeded() {
    meters().succeeded(kind, System.nanoTime() - began);
    giveBack();
  }

  void clientGone() {
    meters().clientGone();
    giveBack();
  }

  void failed(RouterException failure, boolean responding, CharSequence requestId) {
    FailureKind failed = failure.kind();
    if (responding) {
      meters().broken();
    } else {
      meters().failed(failed);
    }
    giveBack();
    switch (failed.log()) {
      case DEBUG -> LOG.debugf("Request failed kind=%s request=%s", failed, requestId);
      case WARN ->
          LOG.warnf(
              "Request failed kind=%s endpoint=%s request=%s: %s",
              failed, endpoint, requestId, failure.text());
      case ERROR ->
          LOG.errorf(
              failure.getCause(),
              "Request failed kind=%s endpoint=%s request=%s",
              failed,
              endpoint,
              requestId);
    }
  }

  private RequestMeters.OfVariant meters() {
    return services.meters().variant(endpoint, variant);
  }

  private void giveBack() {
    services.meters().requestEnded();
    releaseSlot();
    releaseModel();
    if (member != null) {
      member.ended();
    }
    if (inUse != null) {
      services.sessions().endUse(endpoint, inUse);
    }
  }
}
