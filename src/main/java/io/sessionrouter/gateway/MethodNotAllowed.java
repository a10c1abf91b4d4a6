package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpMethod;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;

/** The path is right, the method is not. */
final class MethodNotAllowed extends RouterException {
  private static final long serialVersionUID = 1L;

  private final String allowed;

  MethodNotAllowed(HttpMethod allowed) {
    super(
        FailureKind.METHOD_NOT_ALLOWED,
        "The method is not allowed (expected: " + allowed.name() + ").");
    this.allowed = allowed.name();
  }

  String allowed() {
    return allowed;
  }
}
