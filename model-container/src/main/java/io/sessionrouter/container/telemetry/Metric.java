package io.sessionrouter.container.telemetry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The metrics table: every metric of the container, with its labels and its meaning. The README
 * shows it.
 */
enum Metric {
  SESSIONS(Type.GAUGE, "sessions", "sessions held"),
  SESSIONS_ENDED(
      Type.COUNTER,
      "sessions_ended",
      "sessions that ended; `reason` is `closed`, `expired`, `evicted`, `abandoned`, `unloaded` or"
          + " `drained`",
      "reason"),
  SESSION_MEMORY_USED(
      Type.GAUGE, "session_memory_used_bytes", "bytes of KV cache that sessions reserve"),
  SESSION_MEMORY_LIMIT(
      Type.GAUGE, "session_memory_limit_bytes", "bytes of KV cache that they may reserve"),
  DEVICE_MEMORY_FREE(
      Type.GAUGE, "device_memory_free_bytes", "bytes that the device has left, or the machine"),
  REQUESTS(
      Type.COUNTER,
      "requests",
      "requests by what they asked for and how they ended",
      "operation",
      "outcome"),
  REQUEST_DURATION(
      Type.HISTOGRAM, "request", "from the arrival of a request to its answer", "operation"),
  FIRST_TEXT(
      Type.HISTOGRAM, "first_text", "from the arrival of a request to the first text of its reply"),
  REQUESTS_IN_FLIGHT(Type.GAUGE, "requests_in_flight", "requests running and waiting"),
  SEQUENCES_ACTIVE(Type.GAUGE, "sequences_active", "turns computed now"),
  SEQUENCES_WAITING(Type.GAUGE, "sequences_waiting", "turns waiting for the engine"),
  SEQUENCES_PAUSED(Type.GAUGE, "sequences_paused", "turns whose readers are behind"),
  TOKENS(
      Type.COUNTER,
      "tokens",
      "tokens by `kind`: `prompt` (the whole context), `cached` (of it, not computed again), both"
          + " when a turn is complete; `generated` as they come, `discarded` if the client was"
          + " gone",
      "kind"),
  COMPUTED_TOKENS(
      Type.COUNTER,
      "computed_tokens",
      "tokens that went through the model; `phase` is `prefill` or `decode`",
      "phase"),
  STEP(Type.HISTOGRAM, "step", "one step of the engine"),
  BATCH_SIZE(Type.SUMMARY, "batch_size", "turns in one step"),
  MODELS_LOADED(Type.GAUGE, "models_loaded", "models that serve"),
  MODELS_LOADING(Type.GAUGE, "models_loading", "models on their way in"),
  MODELS_UNLOADED(Type.COUNTER, "models_unloaded", "models that were unloaded"),
  MODEL_CALLS(Type.GAUGE, "model_calls", "requests to load, unload or list models"),
  MODEL_LOADS(Type.COUNTER, "model_loads", "loads of models by how they ended", "outcome"),
  MODEL_LOAD(
      Type.HISTOGRAM,
      "model_load",
      "loads of models; `phase` is `queue`, `download`, `unpack`, `load` or `warm_up`",
      "phase"),
  MODEL_MEMORY_USED(Type.GAUGE, "model_memory_used_bytes", "bytes that models reserve"),
  MODEL_MEMORY_LIMIT(Type.GAUGE, "model_memory_limit_bytes", "bytes that models may reserve"),
  MODEL_REQUESTS(Type.GAUGE, "model_requests", "requests that use the model", "model"),
  MODEL_WEIGHTS(Type.GAUGE, "model_weight_bytes", "bytes of the model's weights", "model");

  private static final String PREFIX = "model_container_";
  private static final Map<String, Metric> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(m -> m.name, Function.identity()));

  private final Type type;
  private final String name;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  /** What a metric is made of. */
  enum Type {
    COUNTER("_total"),
    GAUGE(""),
    HISTOGRAM("_seconds"),
    SUMMARY("");

    private final String suffix;

    Type(String suffix) {
      this.suffix = suffix;
    }
  }

  Metric(Type type, String name, String meaning, String... labels) {
    this.type = type;
    this.name = name;
    this.meaning = meaning;
    this.labels = List.of(labels);
  }

  /** The row of this name. */
  static Metric named(String name) {
    Metric row = BY_NAME.get(name);
    if (row == null) {
      throw new IllegalArgumentException("metric " + name + " (expected: a row of Metric)");
    }
    return row;
  }

  /** The name in Micrometer. */
  String id() {
    return PREFIX + name;
  }

  /** The name in Prometheus. */
  String exposedName() {
    return id() + type.suffix;
  }

  Type type() {
    return type;
  }

  String meaning() {
    return meaning;
  }

  List<String> labels() {
    return labels;
  }
}
