package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.config.Dialect;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.generation.Token;
import io.vertx.core.buffer.Buffer;

/** How {@code /invocations} streams a reply. */
enum StreamFormat implements TokenFormat {
  /** Server-sent events as Hugging Face's text-generation-inference sends them. */
  EVENTS("text/event-stream") {
    @Override
    public Buffer token(Token token, ReplyText reply) {
      ObjectNode event = JSON.objectNode();
      event
          .putObject("token")
          .put("id", token.id())
          .put("text", token.text())
          .put("logprob", token.logprob())
          .put("special", token.special());
      Completion end = token.end();
      event.put("generated_text", end == null ? null : reply.full());
      event.set("details", end == null ? JSON.nullNode() : details(end, reply));
      return framed(event);
    }

    @Override
    public Buffer error(FaultException failure) {
      return framed(problem(failure));
    }

    private Buffer framed(ObjectNode event) {
      return Buffer.buffer("data:" + event + "\n\n");
    }
  },

  /** Lines of JSON as AWS's first large model inference containers sent them. */
  LINES("application/jsonlines") {
    @Override
    public Buffer token(Token token, ReplyText reply) {
      ObjectNode line = JSON.objectNode();
      line.putArray("outputs").add(token.text());
      Completion end = token.end();
      if (end != null) {
        line.set("details", details(end, reply));
      }
      return framed(line);
    }

    @Override
    public Buffer error(FaultException failure) {
      return framed(problem(failure));
    }

    private Buffer framed(ObjectNode line) {
      return Buffer.buffer(line + "\n");
    }
  },

  /** Lines of JSON as they send them today, which those who know the first ones can read too. */
  TOKEN_LINES("application/jsonlines") {
    @Override
    public Buffer token(Token token, ReplyText reply) {
      ObjectNode line = JSON.objectNode();
      line.putObject("token")
          .put("id", token.id())
          .put("text", token.text())
          .put("log_prob", token.logprob());
      line.putArray("outputs").add(token.text());
      Completion end = token.end();
      if (end != null) {
        line.put("generated_text", reply.full());
        line.set("details", details(end, reply));
      }
      return framed(line);
    }

    @Override
    public Buffer error(FaultException failure) {
      return framed(problem(failure));
    }

    private Buffer framed(ObjectNode line) {
      return Buffer.buffer(line + "\n");
    }
  };

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final String contentType;

  StreamFormat(String contentType) {
    this.contentType = contentType;
  }

  /** The media type, in requests' {@code Accept} and in the answer. */
  @Override
  public String contentType() {
    return contentType;
  }

  /** What a dialect has where a request names none. */
  static StreamFormat of(Dialect dialect) {
    return dialect == Dialect.LMI ? LINES : EVENTS;
  }

  /** The same as a dialect writes it. */
  StreamFormat in(Dialect dialect) {
    return this == LINES && dialect == Dialect.LMI ? TOKEN_LINES : this;
  }

  @Override
  public boolean hasLogprobs() {
    return this != LINES;
  }

  /** How a reply ended and what it took. */
  static ObjectNode details(Completion end, ReplyText reply) {
    ObjectNode details =
        JSON.objectNode()
            .put("finish_reason", reason(end))
            .put("generated_tokens", end.generatedTokens())
            .put("prompt_tokens", end.promptTokens())
            .put("cached_tokens", end.cachedTokens());
    reply.ignored().tellIn(details);
    return details;
  }

  /** In the words of text-generation-inference, whose clients know no others. */
  private static String reason(Completion end) {
    return switch (end.finishReason()) {
      case STOP -> "eos_token";
      case STOP_TEXT -> "stop_sequence";
      case LENGTH -> "length";
    };
  }

  private static ObjectNode problem(FaultException failure) {
    return JSON.objectNode().put("error", failure.text()).put("error_type", failure.fault().name());
  }
}
