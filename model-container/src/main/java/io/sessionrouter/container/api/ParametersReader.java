package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.Payload.Parameters;
import io.sessionrouter.container.generation.Sampling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads {@code parameters} and fills in what a request leaves out. */
final class ParametersReader {
  private static final Set<String> KEYS =
      Set.of(
          "max_new_tokens",
          "temperature",
          "do_sample",
          "top_p",
          "top_k",
          "repetition_penalty",
          "seed",
          "stop",
          "stop_sequences",
          "return_full_text",
          "details");

  /** Other containers know them; they change nothing of a reply's text. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("decoder_input_details", "top_n_tokens", "watermark");

  /** They would change it, and nothing here does so: only what changes nothing is taken. */
  private static final Map<String, Integer> NEUTRAL =
      Map.of(
          "best_of", 1,
          "n", 1,
          "num_beams", 1,
          "typical_p", 1,
          "frequency_penalty", 0,
          "presence_penalty", 0,
          "min_p", 0);

  private static final Set<String> UNSUPPORTED =
      Set.of("grammar", "adapter_id", "adapters", "truncate");

  private static final Set<String> ALL =
      Stream.of(KEYS, WITHOUT_EFFECT, NEUTRAL.keySet(), UNSUPPORTED)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private static final double HOTTEST = 10;
  private static final double HIGHEST_PENALTY = 10;
  private static final int MOST_STOPS = 16;
  private static final int LONGEST_STOP = 256;

  private final int defaultMaxNewTokens;

  ParametersReader(int defaultMaxNewTokens) {
    this.defaultMaxNewTokens = defaultMaxNewTokens;
  }

  Parameters read(JsonNode node) {
    if (isNone(node)) {
      return new Parameters(defaultMaxNewTokens, Sampling.GREEDY, List.of(), false, false);
    }
    RequestKeys keys = keys(node);
    requireNeutral(keys);
    return new Parameters(
        (int) keys.integer("max_new_tokens", defaultMaxNewTokens, 0, Integer.MAX_VALUE),
        sampling(keys),
        stop(keys, keys.has("stop") ? "stop" : "stop_sequences"),
        keys.flag("return_full_text").orElse(false),
        keys.flag("details").orElse(false));
  }

  /** The keys that are not known, in order. */
  List<String> unknown(JsonNode node) {
    return isNone(node) ? List.of() : keys(node).unknown(ALL);
  }

  /** Refuses any of them. */
  void requireKnown(JsonNode node) {
    if (!isNone(node)) {
      keys(node).allowOnly(ALL);
    }
  }

  private static boolean isNone(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static RequestKeys keys(JsonNode node) {
    return new RequestKeys(node, "parameters.");
  }

  private static void requireNeutral(RequestKeys keys) {
    NEUTRAL.forEach(
        (key, neutral) -> {
          if (keys.has(key) && !isNumber(keys.get(key), neutral)) {
            throw keys.bad(key, neutral + " or none, since it does not work here");
          }
        });
    UNSUPPORTED.forEach(
        key -> {
          if (keys.has(key)) {
            throw keys.bad(key, "none, since it does not work here");
          }
        });
  }

  private static boolean isNumber(JsonNode value, int number) {
    return value.isNumber() && value.doubleValue() == number;
  }

  /** {@code do_sample} alone draws from the model's own probabilities; false never draws. */
  private static Sampling sampling(RequestKeys keys) {
    Optional<Boolean> draw = keys.flag("do_sample");
    double temperature = keys.number("temperature", draw.orElse(false) ? 1 : 0, 0, HOTTEST);
    return new Sampling(
        draw.orElse(true) ? temperature : 0,
        (int) keys.integer("top_k", 0, 0, Integer.MAX_VALUE),
        keys.number("top_p", 1, Double.MIN_VALUE, 1),
        seed(keys),
        keys.number("repetition_penalty", 1, Double.MIN_VALUE, HIGHEST_PENALTY));
  }

  private static long seed(RequestKeys keys) {
    return keys.has("seed")
        ? keys.integer("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE)
        : ThreadLocalRandom.current().nextLong();
  }

  private static List<String> stop(RequestKeys keys, String key) {
    if (!keys.has(key)) {
      return List.of();
    }
    JsonNode list = keys.get(key);
    if (!list.isArray() || list.size() > MOST_STOPS || !texts(list)) {
      throw keys.bad(
          key,
          "a list of at most %d texts of 1 to %d characters".formatted(MOST_STOPS, LONGEST_STOP));
    }
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::textValue).toList();
  }

  private static boolean texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .allMatch(
            each ->
                each.isTextual()
                    && !each.textValue().isEmpty()
                    && each.textValue().length() <= LONGEST_STOP
                    && RequestKeys.wellFormed(each.textValue()));
  }
}
