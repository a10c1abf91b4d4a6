package io.sessionrouter.gateway;

import io.sessionrouter.container.ContainerRequest;
import io.sessionrouter.container.SessionHeader;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.fleet.EndpointFleet;
import org.jspecify.annotations.Nullable;

/**
 * A request that was admitted: it names an endpoint we have, within its limits, and is well formed.
 *
 * @param sessionId null without a session, {@link SessionHeader#NEW_SESSION} to open one, else the
 *     session's id
 * @param variant the one asked for, or null
 * @param model the target model, null on an endpoint that has one model only
 * @param contentLength -1 if the body is chunked
 */
public record Invocation(
    Operation operation,
    EndpointFleet endpoint,
    ContainerRequest request,
    @Nullable String sessionId,
    @Nullable String variant,
    @Nullable String model,
    long contentLength) {

  String endpointName() {
    return endpoint.settings().name();
  }

  Timeouts timeouts() {
    return endpoint.settings().timeouts();
  }

  boolean opens() {
    return SessionHeader.NEW_SESSION.equals(sessionId);
  }

  boolean resumes() {
    return sessionId != null && !opens();
  }
}
