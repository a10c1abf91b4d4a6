package io.sessionrouter.container.api;

import io.sessionrouter.container.api.Payload.RequestType;
import io.sessionrouter.container.fault.Fault;
import java.util.Locale;

/** What a request is, by its header and its body together. */
enum Operation {
  /** Everything is in the request; nothing is remembered. */
  STATELESS,
  /** A session begins. */
  OPEN,
  /** A session goes on. */
  CONTINUE,
  /** A session ends. */
  CLOSE;

  static Operation of(SessionHeader header, Payload payload) {
    Operation operation = byHeader(header, payload);
    operation.check(payload);
    return operation;
  }

  private static Operation byHeader(SessionHeader header, Payload payload) {
    return switch (header) {
      case SessionHeader.None none when payload.type() == RequestType.CLOSE ->
          throw Fault.INVALID_REQUEST.because(
              "requestType is CLOSE without a session (expected: the header %s)",
              SessionHeader.NAME);
      case SessionHeader.None none when payload.type() == null -> STATELESS;
      case SessionHeader.None none -> OPEN;
      case SessionHeader.New opening when payload.type() == RequestType.CLOSE ->
          throw contradiction("CLOSE", "NEW_SESSION");
      case SessionHeader.New opening -> OPEN;
      case SessionHeader.Existing one when payload.type() == RequestType.NEW_SESSION ->
          throw contradiction("NEW_SESSION", "an existing session");
      case SessionHeader.Existing one -> payload.type() == null ? CONTINUE : CLOSE;
    };
  }

  private static RuntimeException contradiction(String type, String header) {
    return Fault.INVALID_REQUEST.because(
        "requestType is %s, but the header %s names %s (expected: one or the other)",
        type, SessionHeader.NAME, header);
  }

  private void check(Payload payload) {
    boolean needed = this == STATELESS || this == CONTINUE;
    if (needed && payload.input().isEmpty()) {
      throw Fault.INVALID_REQUEST.because("inputs is missing or empty (expected: a text)");
    }
    if (this == CLOSE && !payload.input().isEmpty()) {
      throw Fault.INVALID_REQUEST.because(
          "inputs is a text in a CLOSE request (expected: requestType alone)");
    }
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
