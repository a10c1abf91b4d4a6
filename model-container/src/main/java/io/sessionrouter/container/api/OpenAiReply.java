package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionrouter.container.generation.Completion;
import java.time.Instant;
import java.util.UUID;

/**
 * One reply in OpenAI's form, whole or in chunks.
 *
 * @param kind of the request
 * @param id of the reply
 * @param created when, epoch seconds
 * @param model as the client calls it
 */
record OpenAiReply(Kind kind, String id, long created, String model) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What a reply answers. */
  enum Kind {
    /** Messages. */
    CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk"),
    /** A text to go on with. */
    TEXT("cmpl-", "text_completion", "text_completion");

    private final String idPrefix;
    private final String whole;
    private final String chunk;

    Kind(String idPrefix, String whole, String chunk) {
      this.idPrefix = idPrefix;
      this.whole = whole;
      this.chunk = chunk;
    }
  }

  static OpenAiReply to(Kind kind, String model) {
    String id = kind.idPrefix + UUID.randomUUID().toString().replace("-", "");
    return new OpenAiReply(kind, id, Instant.now().getEpochSecond(), model);
  }

  ObjectNode whole(String text, Completion completion) {
    ObjectNode body = head(kind.whole);
    ObjectNode choice = choice(body);
    if (kind == Kind.CHAT) {
      choice.putObject("message").put("role", "assistant").put("content", text);
    } else {
      choice.put("text", text);
    }
    choice.putNull("logprobs").put("finish_reason", reason(completion));
    body.set("usage", usage(completion));
    return body;
  }

  /** The chunk that only names the role. */
  ObjectNode opening() {
    ObjectNode chunk = head(kind.chunk);
    ObjectNode choice = choice(chunk);
    choice.putObject("delta").put("role", "assistant").put("content", "");
    choice.putNull("logprobs").putNull("finish_reason");
    return chunk;
  }

  ObjectNode piece(String text) {
    ObjectNode chunk = head(kind.chunk);
    ObjectNode choice = choice(chunk);
    if (kind == Kind.CHAT) {
      choice.putObject("delta").put("content", text);
    } else {
      choice.put("text", text);
    }
    choice.putNull("logprobs").putNull("finish_reason");
    return chunk;
  }

  /** The chunk with the reason of the end. */
  ObjectNode closing(Completion completion) {
    ObjectNode chunk = head(kind.chunk);
    ObjectNode choice = choice(chunk);
    if (kind == Kind.CHAT) {
      choice.putObject("delta");
    } else {
      choice.put("text", "");
    }
    choice.putNull("logprobs").put("finish_reason", reason(completion));
    return chunk;
  }

  /** The chunk with the usage. */
  ObjectNode account(Completion completion) {
    ObjectNode chunk = head(kind.chunk);
    chunk.putArray("choices");
    chunk.set("usage", usage(completion));
    return chunk;
  }

  private ObjectNode head(String object) {
    return JSON.objectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model);
  }

  private static ObjectNode choice(ObjectNode body) {
    return body.putArray("choices").addObject().put("index", 0);
  }

  private static ObjectNode usage(Completion completion) {
    ObjectNode usage =
        JSON.objectNode()
            .put("prompt_tokens", completion.promptTokens())
            .put("completion_tokens", completion.generatedTokens())
            .put("total_tokens", completion.promptTokens() + completion.generatedTokens());
    usage.putObject("prompt_tokens_details").put("cached_tokens", completion.cachedTokens());
    return usage;
  }

  private static String reason(Completion completion) {
    return switch (completion.finishReason()) {
      case STOP, STOP_TEXT -> "stop";
      case LENGTH -> "length";
    };
  }
}
