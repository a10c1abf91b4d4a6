package io.sessionrouter.gateway;

import io.sessionrouter.domain.RouterException;

/** A failure as OpenAI's clients read it; its code is the one that AWS SDKs read in the header. */
final class OpenAiError {
  private OpenAiError() {}

  static String json(RouterException failure, int status) {
    StringBuilder json = new StringBuilder(256).append("{\"error\":{\"message\":\"");
    ErrorResponse.quote(failure.text(), json);
    json.append("\",\"type\":\"").append(type(status));
    json.append("\",\"param\":null,\"code\":\"").append(failure.kind().code());
    return json.append("\"}}").toString();
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 424 -> "server_error";
      case 429 -> "rate_limit_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }
}
