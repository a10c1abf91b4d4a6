package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionrouter.container.api.Payload.Parameters;
import io.sessionrouter.container.generation.Sampling;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.StreamSupport;

/** Reads {@code parameters} and fills in what a request leaves out. */
final class ParametersReader {
  private static final Set<String> KEYS =
      Set.of("max_new_tokens", "temperature", "top_p", "top_k", "seed", "stop");
  private static final double HOTTEST = 10;
  private static final int MOST_STOPS = 16;
  private static final int LONGEST_STOP = 256;

  private final int defaultMaxNewTokens;

  ParametersReader(int defaultMaxNewTokens) {
    this.defaultMaxNewTokens = defaultMaxNewTokens;
  }

  Parameters read(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return new Parameters(defaultMaxNewTokens, Sampling.GREEDY, List.of());
    }
    var keys = new RequestKeys(node, "parameters.");
    keys.allowOnly(KEYS);
    return new Parameters(
        (int) keys.integer("max_new_tokens", defaultMaxNewTokens, 0, Integer.MAX_VALUE),
        sampling(keys),
        stop(keys));
  }

  private static Sampling sampling(RequestKeys keys) {
    return new Sampling(
        keys.number("temperature", 0, 0, HOTTEST),
        (int) keys.integer("top_k", 0, 0, Integer.MAX_VALUE),
        keys.number("top_p", 1, Double.MIN_VALUE, 1),
        seed(keys));
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
    JsonNode list = keys.get("stop");
    if (!list.isArray() || list.size() > MOST_STOPS || !texts(list)) {
      throw keys.bad(
          "stop",
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
