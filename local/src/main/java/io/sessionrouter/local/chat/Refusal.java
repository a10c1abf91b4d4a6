package io.sessionrouter.local.chat;

/** Why a request gets an error from the chat page's server itself, in words for its sender. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  private Refusal(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  static Refusal malformed(String expected) {
    return new Refusal(400, "MalformedRequest", expected);
  }

  static Refusal foreign(String message) {
    return new Refusal(403, "ForeignOrigin", message);
  }

  static Refusal notFound() {
    return new Refusal(
        404,
        "NotFound",
        "No such path (expected: / or POST /endpoints/NAME/invocations or"
            + " /endpoints/NAME/invocations-response-stream, without a query).");
  }

  static Refusal method(String expected) {
    return new Refusal(
        405,
        "MethodNotAllowed",
        "Another method is needed here (expected: %s).".formatted(expected));
  }

  static Refusal noRouter(Object address) {
    return unreachable(address, "data");
  }

  static Refusal noManagement(Object address) {
    return unreachable(address, "management");
  }

  private static Refusal unreachable(Object address, String port) {
    return new Refusal(
        502,
        "RouterUnreachable",
        "Nothing answers at %s, the router's %s port. Is the demo still running?"
            .formatted(address, port));
  }

  static Refusal noAnswer(Object address) {
    return new Refusal(
        502,
        "RouterBroke",
        "The router at %s closed the connection without an answer.".formatted(address));
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
