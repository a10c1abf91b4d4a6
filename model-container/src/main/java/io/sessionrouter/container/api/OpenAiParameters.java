package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.Payload.Parameters;
import io.sessionrouter.container.generation.Sampling;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** How a request in OpenAI's form wants its reply. */
final class OpenAiParameters {
  private static final Set<String> KEYS =
      Set.of(
          "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "seed", "stop");

  /** They change nothing of a reply's text. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "user",
          "metadata",
          "store",
          "service_tier",
          "parallel_tool_calls",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "reasoning_effort",
          "verbosity");

  private static final double HOTTEST = 2;
  private static final int MOST_STOPS = 16;
  private static final int LONGEST_STOP = 256;

  /** What would change the reply, and does not work here: only what changes nothing is taken. */
  private record Neutral(String expected, Predicate<JsonNode> allows) {
    private static Neutral number(int value) {
      return new Neutral(
          Integer.toString(value), node -> node.isNumber() && node.doubleValue() == value);
    }

    private static Neutral flag(boolean value) {
      return new Neutral(
          Boolean.toString(value), node -> node.isBoolean() && node.booleanValue() == value);
    }

    private static Neutral empty() {
      return new Neutral("empty", node -> node.isContainerNode() && node.isEmpty());
    }

    private static Neutral text(String expected, String... values) {
      return new Neutral(
          expected, node -> node.isTextual() && List.of(values).contains(node.textValue()));
    }

    private static Neutral absent() {
      return new Neutral("null", node -> false);
    }
  }

  private static final Map<String, Neutral> NEUTRAL =
      Map.ofEntries(
          Map.entry("n", Neutral.number(1)),
          Map.entry("best_of", Neutral.number(1)),
          Map.entry("frequency_penalty", Neutral.number(0)),
          Map.entry("presence_penalty", Neutral.number(0)),
          Map.entry("repetition_penalty", Neutral.number(1)),
          Map.entry("min_p", Neutral.number(0)),
          Map.entry("top_logprobs", Neutral.number(0)),
          Map.entry("logprobs", Neutral.flag(false)),
          Map.entry("echo", Neutral.flag(false)),
          Map.entry("add_generation_prompt", Neutral.flag(true)),
          Map.entry("continue_final_message", Neutral.flag(false)),
          Map.entry("tools", Neutral.empty()),
          Map.entry("functions", Neutral.empty()),
          Map.entry("logit_bias", Neutral.empty()),
          Map.entry("tool_choice", Neutral.text("auto or none", "auto", "none")),
          Map.entry("function_call", Neutral.text("auto or none", "auto", "none")),
          Map.entry(
              "response_format",
              new Neutral("of type text", node -> node.path("type").asText().equals("text"))),
          Map.entry(
              "modalities",
              new Neutral(
                  "a list of text alone",
                  node -> node.size() == 1 && node.path(0).asText().equals("text"))),
          Map.entry("audio", Neutral.absent()),
          Map.entry("suffix", Neutral.text("empty", "")),
          Map.entry("prediction", Neutral.absent()),
          Map.entry("web_search_options", Neutral.absent()));

  /** All keys that it knows. */
  static final Set<String> ALL =
      Stream.of(KEYS, WITHOUT_EFFECT, NEUTRAL.keySet())
          .flatMap(Set::stream)
          .collect(java.util.stream.Collectors.toUnmodifiableSet());

  private OpenAiParameters() {}

  static Parameters read(RequestKeys keys, int defaultMaxTokens) {
    NEUTRAL.forEach((key, neutral) -> requireNeutral(keys, key, neutral));
    String limit = keys.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    return new Parameters(
        (int) keys.integer(limit, defaultMaxTokens, 1, Integer.MAX_VALUE),
        new Sampling(
            keys.number("temperature", 1, 0, HOTTEST),
            (int) Math.max(0, keys.integer("top_k", 0, -1, Integer.MAX_VALUE)),
            keys.number("top_p", 1, 0, 1),
            seed(keys)),
        stop(keys),
        false,
        false);
  }

  private static void requireNeutral(RequestKeys keys, String key, Neutral neutral) {
    if (keys.has(key) && !neutral.allows().test(keys.get(key))) {
      throw keys.bad(key, neutral.expected() + " or none, since it does not work here");
    }
  }

  private static long seed(RequestKeys keys) {
    return keys.has("seed")
        ? keys.integer("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE)
        : ThreadLocalRandom.current().nextLong();
  }

  private static List<String> stop(RequestKeys keys) {
    if (!keys.has("stop")) {
      return List.of();
    }
    JsonNode given = keys.get("stop");
    List<JsonNode> stops =
        given.isArray()
            ? StreamSupport.stream(given.spliterator(), false).toList()
            : List.of(given);
    if (stops.size() > MOST_STOPS || !stops.stream().allMatch(OpenAiParameters::isStop)) {
      throw keys.bad(
          "stop",
          "a text of 1 to %d characters, or a list of at most %d of them"
              .formatted(LONGEST_STOP, MOST_STOPS));
    }
    return stops.stream().map(JsonNode::textValue).toList();
  }

  private static boolean isStop(JsonNode stop) {
    return stop.isTextual()
        && !stop.textValue().isEmpty()
        && stop.textValue().length() <= LONGEST_STOP
        && RequestKeys.wellFormed(stop.textValue());
  }
}
