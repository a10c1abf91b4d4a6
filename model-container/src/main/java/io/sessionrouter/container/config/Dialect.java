package io.sessionrouter.container.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whose form answers have where the request does not ask for one. */
public enum Dialect {
  /** One JSON object; streams as server-sent events. */
  PLAIN,
  /** Hugging Face's text-generation-inference: a list with one object; server-sent events. */
  TGI,
  /** AWS's large model inference containers: one JSON object; streams as lines of JSON. */
  LMI;

  private static final String MODEL = "HF_MODEL_ID";

  /** Settings that only text-generation-inference has. */
  private static final Set<String> OF_TGI =
      Set.of(
          "SM_NUM_GPUS",
          "NUM_SHARD",
          "MAX_INPUT_LENGTH",
          "MAX_INPUT_TOKENS",
          "MAX_TOTAL_TOKENS",
          "MAX_BATCH_PREFILL_TOKENS",
          "MAX_BATCH_TOTAL_TOKENS",
          "MAX_CONCURRENT_REQUESTS",
          "HF_MODEL_QUANTIZE",
          "HF_MODEL_TRUST_REMOTE_CODE");

  /**
   * The one that is set; else the one of the containers for which this environment was written;
   * else {@link #PLAIN}.
   */
  public static Dialect of(Optional<DialectChoice> set, Map<String, String> environment) {
    return set.map(DialectChoice::dialect).orElseGet(() -> meant(environment));
  }

  private static Dialect meant(Map<String, String> environment) {
    if (!environment.containsKey(MODEL)) {
      return PLAIN;
    }
    if (names(environment).anyMatch(name -> name.startsWith("OPTION_"))) {
      return LMI;
    }
    return names(environment).anyMatch(OF_TGI::contains) ? TGI : PLAIN;
  }

  private static Stream<String> names(Map<String, String> environment) {
    return environment.keySet().stream();
  }
}
