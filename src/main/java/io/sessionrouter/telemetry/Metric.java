package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * The metrics table: every metric of the router, with its labels and its meaning. Meters are made
 * of its rows only, and docs/metrics.md shows it.
 *
 * <p>An instance is named by the label {@code model_instance}: Prometheus itself calls what it
 * scrapes {@code instance}.
 */
enum Metric {
  REQUESTS(
      Type.COUNTER,
      "requests",
      "requests by how they ended; `outcome` is `success`, `client_gone` or a row of the failure"
          + " table",
      "endpoint",
      "variant",
      "operation",
      "outcome"),
  REQUEST_FAULTS(
      Type.COUNTER,
      "request_faults",
      "the same requests by whose fault their failure was; `fault` is `client`, `model` or `router`"
          + " as in the failure table, or `none` if they succeeded or the client disconnected;"
          + " exported from the start",
      "endpoint",
      "fault"),
  RESPONSES_BROKEN(
      Type.COUNTER,
      "responses_broken",
      "of these requests, the ones that failed when the response had begun",
      "endpoint",
      "variant",
      "operation",
      "outcome"),
  TIME_TO_FIRST_BYTE(
      Type.HISTOGRAM,
      "time_to_first_byte",
      "from a request's head to its response's head; `session` is `new`, `continued` or `none`",
      "endpoint",
      "variant",
      "session"),
  REQUEST_DURATION(
      Type.HISTOGRAM,
      "request_duration",
      "from a request's head to its response's end, of requests that succeeded",
      "endpoint",
      "variant",
      "session"),
  CONTAINER_LATENCY(
      Type.HISTOGRAM,
      "container_latency",
      "the container's part of the time to the first byte: from the request's head on the"
          + " connection to the answer's head; the upload of the body is in it",
      "endpoint",
      "variant"),
  OVERHEAD(
      Type.SHORT_HISTOGRAM,
      "overhead",
      "the router's part of it: everything else, with Redis, placement, the wait for a model and"
          + " the connect",
      "endpoint",
      "variant"),
  REQUESTS_IN_FLIGHT(Type.GAUGE, "requests_in_flight", "requests in progress"),
  REQUESTS_QUEUED(
      Type.GAUGE, "requests_queued", "those of them that were not sent to a container yet"),
  CLIENT_CONNECTIONS(Type.GAUGE, "client_connections", "open client connections"),
  CONNECTIONS_EVICTED(
      Type.COUNTER,
      "connections_evicted",
      "connections closed because `http.memory` was used up; `state` is what they were doing:"
          + " `handshake`, `idle`, `head`, `body`, `load`, `first_byte`, `stream`, `linger`,"
          + " `none`, or `management` for one of the management port",
      "state"),
  HELD_BYTES(
      Type.GAUGE,
      "held_bytes",
      "memory that clients make the router hold, of both ports: connections, unfinished heads and"
          + " bodies, responses they do not read"),
  HELD_BYTES_LIMIT(Type.GAUGE, "held_limit_bytes", "`http.memory`: the limit of it"),
  TLS_HANDSHAKE_FAILURES(
      Type.COUNTER,
      "tls_handshake_failures",
      "client connections that did not become TLS connections"),
  REQUEST_BYTES(
      Type.COUNTER, "request_bytes", "bytes of request bodies received", "endpoint", "variant"),
  RESPONSE_BYTES(
      Type.COUNTER,
      "response_bytes",
      "bytes of containers' answers relayed",
      "endpoint",
      "variant"),
  PROMPT_TOKENS(
      Type.COUNTER,
      "prompt_tokens",
      "tokens of context in answered requests, if the container reports them",
      "endpoint",
      "variant"),
  CACHED_TOKENS(
      Type.COUNTER,
      "cached_tokens",
      "those of them that the container had in its cache and did not compute again",
      "endpoint",
      "variant"),
  SESSIONS_OPENED(Type.COUNTER, "sessions_opened", "sessions stored", "endpoint"),
  SESSIONS_ENDED(
      Type.COUNTER,
      "sessions_ended",
      "sessions that ended; `cause` is `closed`, `expired_absolute`, `expired_idle`, or how the"
          + " instance was lost: `lost_gone`, `lost_restarted`, `lost_left`",
      "endpoint",
      "cause"),
  PRINCIPAL_SESSIONS(
      Type.GAUGE,
      "principal_sessions",
      "live sessions, and places taken for some to come, of a principal, as counted in Redis; the"
          + " 20 principals and endpoints with the most, of those that this replica serves; absent"
          + " otherwise",
      "endpoint",
      "principal"),
  THROTTLED(
      Type.COUNTER,
      "throttled",
      "requests refused because a quota of their principal was used up; `reason` is `rate`,"
          + " `in_flight`, `bytes` or `sessions`; of the first 100 principals, `(others)` for all"
          + " others; absent otherwise",
      "endpoint",
      "principal",
      "reason"),
  SESSION_EXPIRIES_REPLACED(
      Type.COUNTER,
      "session_expiries_replaced",
      "sessions that end at `sessions.max-ttl` and not when their container said; `reason` is"
          + " `unreadable` (not a time), `past`, or `cut` (a later time)",
      "endpoint",
      "reason"),
  SESSIONS_MIGRATED(
      Type.COUNTER,
      "sessions_migrated",
      "sessions that continued at another address, because their container moved there with all its"
          + " state; no session is ever moved to another container",
      "endpoint"),
  AFFINITY_LOOKUPS(
      Type.COUNTER,
      "affinity_lookups",
      "where requests of sessions belong; `result` is `local_hit`, `redis_hit`, `unknown`,"
          + " `expired`, `closed`, `instance_lost` or `unavailable`",
      "endpoint",
      "result"),
  NEAR_CACHE_ENTRIES(
      Type.GAUGE, "near_cache_entries", "sessions that this replica remembers", "endpoint"),
  INSTANCE_HEALTHY(
      Type.GAUGE,
      "instance_healthy",
      "1 if the instance gets new work, else 0",
      "endpoint",
      "variant",
      "model_instance"),
  INSTANCE_STATE(
      Type.GAUGE,
      "instance_state",
      "1 for the state the instance is in: `unknown`, `healthy`, `draining`, `unhealthy`, `gone`",
      "endpoint",
      "variant",
      "model_instance",
      "state"),
  INSTANCE_DRAINING(
      Type.GAUGE,
      "instance_draining",
      "1 while the instance is drained, healthy or not: its pod terminates, its container drains,"
          + " or an operator asked for it; absent otherwise",
      "endpoint",
      "variant",
      "model_instance"),
  INSTANCE_STATE_CHANGES(
      Type.COUNTER,
      "instance_state_changes",
      "instances that entered a state; `left` if they left the fleet",
      "endpoint",
      "variant",
      "to"),
  INSTANCE_FAILURES(
      Type.COUNTER,
      "instance_failures",
      "requests that instances failed before an answer; `reason` is `refused`, `insecure` (no TLS"
          + " connection), `connect_timeout`, `unreachable`, `closed_idle` (a reused connection),"
          + " `closed`, `not_http` or `no_first_byte`",
      "endpoint",
      "variant",
      "reason"),
  CONNECT_RETRIES(
      Type.COUNTER,
      "connect_retries",
      "connects to an instance that failed, after which the request went to another or was retried",
      "endpoint",
      "variant"),
  EJECTIONS(
      Type.COUNTER,
      "ejections",
      "instances that broke requests in a row: `result` is `ejected`, or `kept` because"
          + " `ejection.max-share` of them or all others are out",
      "endpoint",
      "variant",
      "result"),
  PANIC_PLACEMENTS(
      Type.COUNTER,
      "panic_placements",
      "new work that went to an ejected instance because no other was left",
      "endpoint",
      "variant"),
  INSTANCE_SESSIONS(
      Type.GAUGE,
      "instance_sessions",
      "sessions bound to the instance, by all replicas of the router",
      "endpoint",
      "variant",
      "model_instance"),
  INSTANCE_SESSION_SLOTS(
      Type.GAUGE,
      "instance_session_slots",
      "sessions it may hold; absent if unbounded",
      "endpoint",
      "variant",
      "model_instance"),
  INSTANCE_REQUESTS_IN_FLIGHT(
      Type.GAUGE,
      "instance_requests_in_flight",
      "requests that this replica has in progress on it",
      "endpoint",
      "variant",
      "model_instance"),
  DISCOVERY_CONNECTED(
      Type.GAUGE,
      "discovery_connected",
      "1 if the source of a variant's instances answered last, 0 if it did not; `source` is"
          + " `kubernetes` or `dns`",
      "endpoint",
      "variant",
      "source"),
  DISCOVERY_AGE(
      Type.GAUGE,
      "discovery_age_seconds",
      "how long ago the source last reported a change, or that nothing changed",
      "endpoint",
      "variant",
      "source"),
  DISCOVERY_QUERIES(
      Type.COUNTER,
      "discovery_queries",
      "requests for all instances: look-ups of a name; lists of EndpointSlices, of which a working"
          + " watch needs only the first",
      "endpoint",
      "variant",
      "source"),
  DISCOVERY_ERRORS(
      Type.COUNTER,
      "discovery_errors",
      "missing or unusable answers; `reason` is `expired` (a new list is requested), `denied`,"
          + " `refused`, `unreachable`, `unreadable` or `no_records`",
      "endpoint",
      "variant",
      "source",
      "reason"),
  COLD_START(
      Type.LONG_HISTOGRAM,
      "cold_start",
      "how long a start took; `cause` is `instance_new` (a container, from its first failed health"
          + " check to its first good one; seen by every replica) or `model_load` (a model that a"
          + " request needed, from the begin of its load to its success; seen by the replica that"
          + " loaded it)",
      "endpoint",
      "cause"),
  MODEL_LOADS(
      Type.COUNTER,
      "model_loads",
      "loads of models by how they ended; `outcome` is `success` or a row of the failure table",
      "endpoint",
      "variant",
      "outcome"),
  MODEL_LOAD(
      Type.LONG_HISTOGRAM,
      "model_load",
      "from a load's begin to its end, however it ended and whether or not a request waited",
      "endpoint",
      "variant"),
  MODEL_WAIT(
      Type.LONG_HISTOGRAM,
      "model_wait",
      "how long each request waited for a load that succeeded",
      "endpoint",
      "variant"),
  MODEL_UNLOADS(
      Type.COUNTER,
      "model_unloads",
      "models unloaded to make room for others",
      "endpoint",
      "variant"),
  MODELS_LOADED(
      Type.GAUGE,
      "models_loaded",
      "models on the variant's instances, as far as this replica knows; one on two counts twice",
      "endpoint",
      "variant"),
  STORE_AVAILABLE(Type.GAUGE, "store_available", "1 if Redis answers, else 0"),
  STORE_WRITABLE(
      Type.GAUGE, "store_writable", "1 if Redis takes new sessions, 0 if it refuses writes"),
  STORE_COMMAND(
      Type.SHORT_HISTOGRAM,
      "store_command",
      "Redis commands until their answer or failure",
      "command"),
  STORE_ERRORS(
      Type.COUNTER,
      "store_errors",
      "Redis commands that failed; `reason` is `unsent` (no connection), `unanswered` (no answer"
          + " in time) or `refused` (an error)",
      "reason"),
  STORE_CONNECTS(
      Type.COUNTER,
      "store_connects",
      "connections to Redis that were established; `link` is `commands` or `changes`",
      "link"),
  STORE_DISCONNECTS(
      Type.COUNTER, "store_disconnects", "connections to Redis that were lost", "link"),
  CONFIGURATION_CURRENT(
      Type.GAUGE,
      "configuration_current",
      "1 if the newest configuration is in force as a whole, 0 if it was refused or applied"
          + " partly"),
  CONFIGURATION_READS(
      Type.COUNTER,
      "configuration_reads",
      "changed configuration files by what became of them: `result` is `applied`,"
          + " `partly_applied` or `refused`",
      "result"),
  PRINCIPALS(Type.GAUGE, "principals", "principals in force"),
  CALLERS_DISTINGUISHED(
      Type.GAUGE,
      "callers_distinguished",
      "1 if only principals may call, 0 if everybody may do everything"),
  PRINCIPALS_CURRENT(
      Type.GAUGE,
      "principals_current",
      "1 if the newest file of principals is in force, 0 if it was refused"),
  PRINCIPALS_READS(
      Type.COUNTER,
      "principals_reads",
      "changed files of principals by what became of them: `result` is `applied` or `refused`",
      "result"),
  EVENT_LOOP_DELAY(
      Type.SHORT_HISTOGRAM, "event_loop_delay", "how late the event loops run what is due"),
  BUILD_INFO(Type.GAUGE, "build_info", "always 1; what is running", "version", "java");

  /** The label that most metrics have. */
  static final String ENDPOINT = "endpoint";

  private static final Duration[] BUCKETS =
      seconds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);
  private static final Duration[] SHORT_BUCKETS =
      seconds(0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1);
  private static final Duration[] LONG_BUCKETS =
      seconds(0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600);

  private final Type type;
  private final String id;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  /** What a metric is made of. */
  enum Type {
    COUNTER("_total"),
    GAUGE(""),
    /** Of seconds, from a millisecond to a minute. */
    HISTOGRAM("_seconds"),
    /** Of seconds, from 50 microseconds to one second. */
    SHORT_HISTOGRAM("_seconds"),
    /** Of seconds, from a tenth to ten minutes. */
    LONG_HISTOGRAM("_seconds");

    private final String suffix;

    Type(String suffix) {
      this.suffix = suffix;
    }

    /** As Prometheus calls it. */
    String label() {
      return switch (this) {
        case COUNTER -> "counter";
        case GAUGE -> "gauge";
        case HISTOGRAM, SHORT_HISTOGRAM, LONG_HISTOGRAM -> "histogram";
      };
    }
  }

  Metric(Type type, String name, String meaning, String... labels) {
    this.type = type;
    this.id = "session_router_" + name;
    this.meaning = meaning;
    this.labels = List.of(labels);
  }

  private static Duration[] seconds(double... bounds) {
    return DoubleStream.of(bounds)
        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
        .toArray(Duration[]::new);
  }

  Counter counter(MeterRegistry registry, String... values) {
    require(Type.COUNTER);
    return Counter.builder(id).description(meaning).tags(tags(values)).register(registry);
  }

  Timer timer(MeterRegistry registry, String... values) {
    return Timer.builder(id)
        .description(meaning)
        .tags(tags(values))
        .serviceLevelObjectives(buckets())
        .register(registry);
  }

  private Duration[] buckets() {
    return switch (type) {
      case HISTOGRAM -> BUCKETS;
      case SHORT_HISTOGRAM -> SHORT_BUCKETS;
      case LONG_HISTOGRAM -> LONG_BUCKETS;
      case COUNTER, GAUGE -> throw new IllegalStateException(this + " is no histogram");
    };
  }

  /** Reads {@code value} at every scrape; {@code of} is kept from the garbage collector. */
  <T> Gauge gauge(MeterRegistry registry, T of, ToDoubleFunction<T> value, String... values) {
    require(Type.GAUGE);
    return Gauge.builder(id, of, value)
        .description(meaning)
        .tags(tags(values))
        .strongReference(true)
        .register(registry);
  }

  private void require(Type expected) {
    if (type != expected) {
      throw new IllegalStateException(this + " is a " + type + " (expected: " + expected + ")");
    }
  }

  private Tags tags(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(
          "%s: %d label values (expected: %s)".formatted(this, values.length, labels));
    }
    Tags tags = Tags.empty();
    for (int i = 0; i < values.length; i++) {
      tags = tags.and(labels.get(i), values[i]);
    }
    return tags;
  }

  Type type() {
    return type;
  }

  /** The name in Micrometer. */
  String id() {
    return id;
  }

  /** The name in Prometheus. */
  String exposedName() {
    return id + type.suffix;
  }

  List<String> labels() {
    return labels;
  }

  String meaning() {
    return meaning;
  }
}
