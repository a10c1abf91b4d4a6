package io.sessionrouter.ops;

import jakarta.ws.rs.core.Response.Status;

/** A management request that cannot be served, on its way to the answer. */
final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Status status;
  private final String code;

  /**
   * @param message what the caller reads
   */
  ApiFailure(Status status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  Status status() {
    return status;
  }

  ApiError error() {
    return new ApiError(code, String.valueOf(getMessage()));
  }
}
