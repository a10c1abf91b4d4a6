package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.config.Dialect;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import java.util.Map;

/**
 * What a client gets.
 *
 * @param status the HTTP status
 * @param headers headers besides those that every answer has
 * @param body the JSON body
 * @param ifUndelivered what to do if the client is gone when it is to be sent
 */
record Answer(int status, Map<String, String> headers, JsonNode body, Runnable ifUndelivered) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  Answer(int status, Map<String, String> headers, JsonNode body) {
    this(status, headers, body, () -> {});
  }

  static Answer reply(ReplyText reply, Completion completion, Map<String, String> headers) {
    ObjectNode body = JSON.objectNode();
    body.put("generated_text", reply.full());
    body.put("finish_reason", reason(completion));
    ObjectNode usage =
        body.putObject("usage")
            .put("prompt_tokens", completion.promptTokens())
            .put("cached_tokens", completion.cachedTokens())
            .put("generated_tokens", completion.generatedTokens());
    reply.ignored().tellIn(usage);
    if (reply.details()) {
      body.set("details", StreamFormat.details(completion, reply));
    }
    return new Answer(200, headers, body);
  }

  /** The same as a dialect writes it. */
  Answer in(Dialect dialect) {
    return dialect == Dialect.TGI
        ? new Answer(status, headers, JSON.arrayNode().add(body), ifUndelivered)
        : this;
  }

  private static String reason(Completion completion) {
    return switch (completion.finishReason()) {
      case STOP, STOP_TEXT -> "stop";
      case LENGTH -> "length";
    };
  }

  static Answer error(FaultException failure) {
    ObjectNode body = JSON.objectNode();
    body.putObject("error").put("code", failure.fault().name()).put("message", failure.text());
    long wait = failure.fault().retryAfter().toSeconds();
    return new Answer(
        failure.fault().status(),
        wait > 0 ? Map.of("Retry-After", Long.toString(wait)) : Map.of(),
        body);
  }

  Answer withUndo(Runnable undo) {
    return new Answer(status, headers, body, undo);
  }
}
