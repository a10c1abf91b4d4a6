package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;

/** Failures in OpenAI's form, with the status that they have elsewhere, too. */
final class OpenAiErrors {
  private OpenAiErrors() {}

  static Answer answer(FaultException failure) {
    Answer usual = Answer.error(failure);
    return new Answer(usual.status(), usual.headers(), body(failure));
  }

  static ObjectNode body(FaultException failure) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error")
        .put("message", failure.text())
        .put("type", failure.fault().status() < 500 ? "invalid_request_error" : "server_error")
        .put("param", failure.key())
        .put("code", code(failure.fault()));
    return body;
  }

  /** Where clients look for a name of OpenAI's, that one. */
  private static String code(Fault fault) {
    return switch (fault) {
      case CONTEXT_TOO_LONG -> "context_length_exceeded";
      case METHOD_NOT_ALLOWED -> "method_not_supported";
      default -> fault.label();
    };
  }
}
