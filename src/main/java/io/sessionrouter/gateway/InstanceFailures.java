package io.sessionrouter.gateway;

import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.upstream.ConnectFailure;
import io.sessionrouter.upstream.ResponseHandler.Break;

/** What a failed connect or a broken connection is called in the fleet. */
final class InstanceFailures {
  private InstanceFailures() {}

  static InstanceFailure of(ConnectFailure why) {
    return switch (why) {
      case REFUSED -> InstanceFailure.REFUSED;
      case TIMED_OUT -> InstanceFailure.CONNECT_TIMEOUT;
      case INSECURE -> InstanceFailure.INSECURE;
      case NO_WAY -> InstanceFailure.UNREACHABLE;
    };
  }

  static InstanceFailure of(Break why) {
    return switch (why) {
      case CLOSED -> InstanceFailure.CLOSED;
      case CLOSED_IDLE -> InstanceFailure.CLOSED_IDLE;
      case NOT_HTTP -> InstanceFailure.NOT_HTTP;
    };
  }
}
