package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.OpenAiReply.Kind;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.host.Input;
import io.sessionrouter.container.host.LoadedModel;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One request in OpenAI's form, and its reply. */
final class OpenAiForm implements Form {
  /** So that a client can send a session only what is new: OpenAI's requests repeat everything. */
  private static final String APPEND = "append_messages";

  /** As OpenAI's own. */
  private static final int TEXT_MAX_TOKENS = 16;

  private static final Map<Kind, Set<String>> OWN_KEYS =
      Map.of(
          Kind.CHAT, Set.of("model", "messages", "stream", "stream_options", APPEND),
          Kind.TEXT, Set.of("model", "prompt", "stream", "stream_options"));

  private static final Map<Kind, JsonBody> BODIES =
      Map.of(
          Kind.CHAT, new JsonBody("model, messages, max_tokens, stream and others"),
          Kind.TEXT, new JsonBody("model, prompt, max_tokens, stream and others"));

  private final Kind kind;
  private final Names names;
  private final int maxNewTokens;
  private final boolean strict;
  private boolean withUsage;
  private @Nullable OpenAiReply reply;

  /** What a client may call the model that answers. */
  interface Names {
    /** The names of a model, at least one; the first is its usual one. */
    List<String> of(LoadedModel model);
  }

  /**
   * @param maxNewTokens of a reply to messages whose request has no limit
   * @param strict whether unknown keys are refused
   */
  OpenAiForm(Kind kind, Names names, int maxNewTokens, boolean strict) {
    this.kind = kind;
    this.names = names;
    this.maxNewTokens = maxNewTokens;
    this.strict = strict;
  }

  @Override
  public Payload read(byte[] body, LoadedModel model) {
    var keys = new RequestKeys(Objects.requireNonNull(BODIES.get(kind)).parse(body), "");
    Set<String> known = known();
    if (strict) {
      keys.allowOnly(known);
    }
    reply = OpenAiReply.to(kind, name(keys, model));
    Optional<Boolean> stream = keys.flag("stream");
    withUsage = usage(keys, stream.orElse(false));
    return new Payload(
        null,
        input(keys),
        OpenAiParameters.read(keys, kind == Kind.CHAT ? maxNewTokens : TEXT_MAX_TOKENS),
        stream,
        strict ? IgnoredKeys.NONE : IgnoredKeys.of(keys.unknown(known), List.of()));
  }

  private Set<String> known() {
    return Stream.of(Objects.requireNonNull(OWN_KEYS.get(kind)), OpenAiParameters.ALL)
        .flatMap(Set::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** No name is a name of whatever is served, as vLLM has it. */
  private String name(RequestKeys keys, LoadedModel model) {
    List<String> served = names.of(model);
    String asked = keys.text("model");
    if (!asked.isEmpty() && !served.contains(asked)) {
      throw Fault.MODEL_NOT_FOUND
          .because(
              "The model `%s` does not exist (expected: %s).",
              RequestKeys.shortened(asked), String.join(" or ", served))
          .about("model");
    }
    return asked.isEmpty() ? served.getFirst() : asked;
  }

  private static boolean usage(RequestKeys keys, boolean streams) {
    if (!keys.has("stream_options")) {
      return false;
    }
    if (!streams) {
      throw keys.bad("stream_options", "none unless stream is true");
    }
    return new RequestKeys(keys.get("stream_options"), "stream_options.")
        .flag("include_usage")
        .orElse(false);
  }

  private Input input(RequestKeys keys) {
    return switch (kind) {
      case CHAT -> new Input.Chat(MessagesReader.read(keys), keys.flag(APPEND).orElse(false));
      case TEXT -> new Input.Text(prompt(keys));
    };
  }

  private static String prompt(RequestKeys keys) {
    JsonNode prompt = keys.get("prompt");
    JsonNode only = prompt.size() == 1 ? prompt.path(0) : prompt;
    if (!only.isTextual()
        || only.textValue().isEmpty()
        || !RequestKeys.wellFormed(only.textValue())) {
      throw keys.bad("prompt", "one text");
    }
    return only.textValue();
  }

  @Override
  public Optional<TokenFormat> streamed(Payload asked, Accept accept) {
    return asked.stream().orElse(false)
        ? Optional.of(new OpenAiStream(reply(), withUsage))
        : Optional.empty();
  }

  @Override
  public Answer reply(ReplyText text, Completion completion, Map<String, String> headers) {
    return new Answer(200, headers, reply().whole(text.full(), completion));
  }

  private OpenAiReply reply() {
    return Objects.requireNonNull(reply, "read first");
  }

  @Override
  public Answer error(FaultException failure) {
    return OpenAiErrors.answer(failure);
  }
}
