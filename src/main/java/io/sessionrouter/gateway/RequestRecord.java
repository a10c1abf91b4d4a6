package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpResponse;
import io.sessionrouter.container.ContainerRequest;
import io.sessionrouter.container.TokenUsage;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.telemetry.AffinityMeters.Result;
import io.sessionrouter.telemetry.LogFields;
import io.sessionrouter.telemetry.OperationKind;
import io.sessionrouter.telemetry.RequestTrace;
import io.sessionrouter.telemetry.SessionKind;
import io.sessionrouter.telemetry.VariantMeters;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What is written down of one request: its meters, its trace, its line in the access log. */
final class RequestRecord implements TokenUsage.Listener, Requester {
  private static final Logger LOG = Logger.getLogger("io.sessionrouter.gateway.failures");

  private static final long UNREPORTED = -1;

  /** Keeps the numbers of sessions apart from those of clients. */
  private static final long SESSION_ORIGINS = 1L << 40;

  private final RecordSinks sinks;
  private final long began = System.nanoTime();
  private final String endpoint;
  private final String principal;
  private String variant = "";
  private final OperationKind operation;
  private final SessionKind kind;
  private @Nullable String sessionId;
  private final ClientStream client;
  private long sent;
  private long answered;
  private long firstByte;
  private long requestBytes;
  private long responseBytes;
  private final RequestTrace trace;
  private @Nullable VariantMeters meters;
  private @Nullable Member member;
  private long promptTokens = UNREPORTED;
  private long cachedTokens;

  RequestRecord(RecordSinks sinks, ClientStream client, Invocation invocation) {
    this.sinks = sinks;
    this.client = client;
    this.sessionId = invocation.resumes() ? invocation.sessionId() : null;
    this.endpoint = invocation.endpointName();
    this.principal = invocation.asker().owner();
    this.operation = invocation.operation().kind();
    this.kind =
        invocation.opens()
            ? SessionKind.NEW
            : invocation.resumes() ? SessionKind.CONTINUED : SessionKind.NONE;
    this.trace =
        sinks
            .telemetry()
            .tracing()
            .begin(
                operation,
                endpoint,
                invocation.request().traceparent(),
                invocation.request().tracestate());
    sinks.meters().requestBegan();
  }

  @Override
  public long client() {
    return client.origin();
  }

  @Override
  public long session() {
    return sessionId == null ? 0 : SESSION_ORIGINS + sessionId.hashCode();
  }

  /** A connect to an instance is tried again. */
  void connectsAgain(Member to) {
    sinks.meters().variant(endpoint, to.instance().variant()).connectsAgain();
  }

  /** The steps of the request, for its trace. */
  RequestTrace trace() {
    return trace;
  }

  /** Where the request's session was found to live, or why it was not. */
  void lookedUp(Result result) {
    sinks.meters().affinity(endpoint).found(result);
  }

  void missing(Missing why) {
    lookedUp(Result.of(why));
  }

  /** The request's head goes on the connection to the instance, under the trace's newest span. */
  void sent(Member to, ContainerRequest request) {
    sent = System.nanoTime();
    member = to;
    variant = to.instance().variant();
    sinks.meters().requestLeftQueue();
    String parent = trace.sent(variant, to.instance().id());
    if (parent != null) {
      request.traceUnder(parent);
    }
  }

  /** The container's head is here. */
  void answered(HttpResponse head) {
    answered = System.nanoTime();
    trace.answered();
    TokenUsage.read(head, this);
  }

  @Override
  public void tokens(long prompt, long cached) {
    meters().tokens(prompt, cached);
    promptTokens = prompt;
    cachedTokens = cached;
  }

  /** The request has opened a session; one that continues another session counts as that one's. */
  void opened(Session begun) {
    if (sessionId == null) {
      sessionId = begun.id();
    }
  }

  void firstByte() {
    firstByte = System.nanoTime() - began;
    trace.enter();
    meters().firstByte(kind, firstByte, answered - sent);
    trace.leave();
  }

  /** So many bytes of bodies were received and relayed; reported once, at the end. */
  void moved(long received, long relayed) {
    requestBytes = received;
    responseBytes = relayed;
    meters().moved(received, relayed);
  }

  void succeeded() {
    trace.enter();
    meters().succeeded(operation, kind, System.nanoTime() - began);
    trace.leave();
    over("success", false);
  }

  void clientGone() {
    meters().clientGone(operation);
    over("client_gone", false);
  }

  void failed(RouterException failure, boolean responding) {
    FailureKind failed = failure.kind();
    if (responding) {
      meters().broken(operation, failed);
    } else {
      meters().failed(operation, failed);
    }
    if (failed.throttled()) {
      sinks.meters().throttled(endpoint, principal, failed);
    }
    over(failed.label(), true);
    log(failed, failure);
  }

  private void over(String outcome, boolean failed) {
    sinks.meters().requestEnded();
    if (member == null) {
      sinks.meters().requestLeftQueue();
    }
    recordTokens();
    trace.ended(outcome, failed);
    if (sinks.telemetry().accessLog().on()) {
      sinks.telemetry().accessLog().write(() -> accessFields(outcome));
    }
  }

  private LogFields accessFields(String outcome) {
    return fields(outcome)
        .with("operation", operation)
        .with("first-byte-us", firstByte == 0 ? null : TimeUnit.NANOSECONDS.toMicros(firstByte))
        .with("duration-us", TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began))
        .with("request-bytes", requestBytes)
        .with("response-bytes", responseBytes);
  }

  private LogFields fields(String outcome) {
    return new LogFields()
        .with("request", client.requestId())
        .with("endpoint", endpoint)
        .with("variant", variant)
        .with("instance", member == null ? null : member.instance().id())
        .withSession(sessionId)
        .with("outcome", outcome)
        .with("trace", trace.id());
  }

  private void log(FailureKind failed, RouterException failure) {
    switch (failed.log()) {
      case DEBUG -> {
        if (LOG.isDebugEnabled()) {
          log(Logger.Level.DEBUG, failed, failure.text(), null);
        }
      }
      case WARN -> log(Logger.Level.WARN, failed, failure.text(), null);
      case ERROR -> log(Logger.Level.ERROR, failed, "see its cause", failure.getCause());
    }
  }

  private void log(Logger.Level level, FailureKind failed, String text, @Nullable Throwable cause) {
    try (LogFields fields = fields(failed.label())) {
      LOG.logf(level, cause, "Request failed %s: %s", fields, withoutSession(text));
    }
  }

  /** Until it is known which variant answers, those of none. */
  private VariantMeters meters() {
    VariantMeters known = meters;
    if (known == null) {
      known = sinks.meters().variant(endpoint, variant);
      meters = member == null ? null : known;
    }
    return known;
  }

  private void recordTokens() {
    if (promptTokens != UNREPORTED && sessionId != null) {
      sinks.lastTokens().record(endpoint, sessionId, promptTokens, cachedTokens);
    }
  }

  /** Clients see the ids of their sessions; logs never do. */
  private String withoutSession(String text) {
    String id = sessionId;
    return id == null ? text : text.replace(id, "(session)");
  }
}
