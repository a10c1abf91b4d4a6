package io.sessionrouter.gateway;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.upstream.ContainerRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request that was admitted: it names an endpoint we have, within its limits, and is well formed.
 *
 * @param sessionId null without a session, {@link #NEW_SESSION} to open one, else the session's id
 * @param variant the one asked for, or null
 * @param model the target model, null on an endpoint that has one model only
 * @param contentLength -1 if the body is chunked
 */
record Invocation(
    Operation operation,
    EndpointFleet endpoint,
    ContainerRequest request,
    @Nullable String sessionId,
    @Nullable String variant,
    @Nullable String model,
    long contentLength) {
  static final String NEW_SESSION = "NEW_SESSION";

  String endpointName() {
    return endpoint.settings().name();
  }

  boolean opens() {
    return NEW_SESSION.equals(sessionId);
  }

  boolean resumes() {
    return sessionId != null && !opens();
  }
}
