package io.sessionrouter.ops;

import jakarta.ws.rs.core.Response.Status;
import org.jspecify.annotations.Nullable;

/** A management request that cannot be served, on its way to the answer. */
final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 2L;

  private final Status status;
  private final String code;
  private final transient @Nullable EndedView session;

  /**
   * @param message what the caller reads
   */
  ApiFailure(Status status, String code, String message) {
    this(status, code, message, null);
  }

  /**
   * @param session that the request names, if it ended
   */
  ApiFailure(Status status, String code, String message, @Nullable EndedView session) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.session = session;
  }

  Status status() {
    return status;
  }

  ApiError error() {
    return new ApiError(code, String.valueOf(getMessage()), session);
  }
}
