package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpResponse;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.telemetry.AffinityMeters.Result;
import io.sessionrouter.telemetry.OperationKind;
import io.sessionrouter.telemetry.SessionKind;
import io.sessionrouter.telemetry.VariantMeters;
import io.sessionrouter.upstream.TokenUsage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What one exchange has taken and must give back, and what is written down of it. */
final class Account implements TokenUsage.Listener {
  private static final Logger LOG = Logger.getLogger("io.sessionrouter.gateway.failures");

  private final Services services;
  private final long began = System.nanoTime();
  private final String endpoint;
  private String variant = "";
  private final OperationKind operation;
  private final SessionKind kind;
  private long sent;
  private long answered;
  private @Nullable VariantMeters meters;
  private @Nullable Member member;
  private @Nullable Session inUse;
  private Sessions.@Nullable Slot slot;

  Account(Services services, Invocation invocation) {
    this.services = services;
    this.endpoint = invocation.endpointName();
    this.operation = invocation.operation().kind();
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

  /** Where the request's session was found to live, or why it was not. */
  void lookedUp(Result result) {
    services.meters().affinity(endpoint).found(result);
  }

  void missing(Missing why) {
    lookedUp(
        switch (why) {
          case UNKNOWN -> Result.UNKNOWN;
          case EXPIRED -> Result.EXPIRED;
          case CLOSED -> Result.CLOSED;
          case LOST -> Result.INSTANCE_LOST;
        });
  }

  /** The request's head is on the connection to the instance. */
  void sent(Member to) {
    sent = System.nanoTime();
    member = to;
    variant = to.instance().variant();
    services.meters().requestLeftQueue();
    to.began();
  }

  /** The container's head is here. */
  void answered(HttpResponse head) {
    answered = System.nanoTime();
    TokenUsage.read(head, this);
  }

  @Override
  public void tokens(long prompt, long cached) {
    meters().tokens(prompt, cached);
  }

  /** The session is stored and counts by itself now. */
  void opened(Session begun) {
    releaseSlot();
    uses(begun);
  }

  void firstByte() {
    meters().firstByte(kind, System.nanoTime() - began, answered - sent);
  }

  /** So many bytes of bodies were received and relayed; said once, at the end. */
  void moved(long requestBytes, long responseBytes) {
    meters().moved(requestBytes, responseBytes);
  }

  void succeeded() {
    meters().succeeded(operation, kind, System.nanoTime() - began);
    giveBack();
  }

  void clientGone() {
    meters().clientGone(operation);
    giveBack();
  }

  void failed(RouterException failure, boolean responding, CharSequence requestId) {
    FailureKind failed = failure.kind();
    if (responding) {
      meters().broken(operation, failed);
    } else {
      meters().failed(operation, failed);
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

  /** Until it is known which variant answers, those of none. */
  private VariantMeters meters() {
    VariantMeters known = meters;
    if (known == null) {
      known = services.meters().variant(endpoint, variant);
      meters = member == null ? null : known;
    }
    return known;
  }

  private void giveBack() {
    services.meters().requestEnded();
    releaseSlot();
    if (member == null) {
      services.meters().requestLeftQueue();
    } else {
      member.ended();
    }
    if (inUse != null) {
      services.sessions().endUse(endpoint, inUse);
    }
  }
}
