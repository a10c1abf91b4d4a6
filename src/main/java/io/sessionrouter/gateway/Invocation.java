package io.sessionrouter.gateway;

import io.sessionrouter.auth.Caller;
import io.sessionrouter.auth.Quota;
import io.sessionrouter.auth.signature.BodySignature;
import io.sessionrouter.container.ContainerRequest;
import io.sessionrouter.container.RequestHeader;
import io.sessionrouter.container.SessionHeader;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Rendezvous;
import org.jspecify.annotations.Nullable;

/**
 * A request that was admitted: it names an endpoint we have, within its limits, and is well formed.
 *
 * @param sessionId null without a session, {@link SessionHeader#NEW_SESSION} to open one, else the
 *     session's id
 * @param variant the one asked for, or null
 * @param model the target model, null on an endpoint that has one model only
 * @param contentLength -1 if the body is chunked
 * @param caller who sent it, or claims to have
 * @param quota what the caller may use of the endpoint
 * @param signature what is left to verify of it; null if nothing is
 */
public record Invocation(
    Operation operation,
    EndpointFleet endpoint,
    ContainerRequest request,
    @Nullable String sessionId,
    @Nullable String variant,
    @Nullable String model,
    long contentLength,
    Caller caller,
    Quota quota,
    @Nullable BodySignature signature) {

  /** For whom sessions are looked up and opened. */
  Asker asker() {
    return caller.asker();
  }

  String endpointName() {
    return endpoint.settings().name();
  }

  Timeouts timeouts() {
    return endpoint.settings().timeouts();
  }

  /** What keeps it together with requests that begin alike. */
  long prefix() {
    String id = request.value(RequestHeader.PREFIX_AWARE_ID);
    return id == null ? Rendezvous.NONE : Rendezvous.key(id);
  }

  boolean opens() {
    return SessionHeader.NEW_SESSION.equals(sessionId);
  }

  boolean resumes() {
    return sessionId != null && !opens();
  }
}
