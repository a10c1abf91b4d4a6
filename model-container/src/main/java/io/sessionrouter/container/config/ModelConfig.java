package io.sessionrouter.container.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a person sets about the model and its sessions, as {@code model.*} keys. */
@ConfigMapping(prefix = "model")
public interface ModelConfig {
  /** The folder of the model; the bundled facts model if unset. */
  Optional<Path> path();

  /**
   * What this container calls itself in every answer, so that clients can see which one it was;
   * nothing is reported if unset.
   */
  Optional<String> instanceName();

  /**
   * What requests in OpenAI's form may call the model, the usual name first; its folder's name if
   * unset.
   */
  Optional<List<String>> servedNames();

  /** Where the model and the sessions live; {@code auto} takes a GPU when PyTorch sees one. */
  @WithDefault("auto")
  DeviceChoice device();

  /** PyTorch's intra-op threads; one is best for small models. */
  @WithDefault("1")
  int threads();

  /**
   * Bytes of KV cache all sessions of a model may hold. If unset: half of the device's free memory,
   * or with {@code model.multi.enabled} an eighth of {@code model.multi.memory}.
   */
  Optional<MemorySize> sessionMemory();

  /** How long a session lives at most, counted from its opening. */
  @WithDefault("20m")
  Duration sessionTtl();

  /** How long a session may lie unused; {@code off} for no such limit. */
  @WithDefault("off")
  @WithConverter(OffOrDuration.class)
  Optional<Duration> sessionIdleTimeout();

  /** What happens to idle sessions when memory runs short. */
  @WithDefault("none")
  Eviction sessionEviction();

  /** How long a session must have been idle before {@code lru} eviction may take it. */
  @WithDefault("1m")
  Duration sessionEvictionMinIdle();

  /** How many turns are computed at the same time. */
  @WithDefault("64")
  int maxConcurrency();

  /** How many more requests may wait; the next one gets 503. */
  @WithDefault("256")
  int maxQueue();

  /** How many prompt tokens one step computes at most, shared by all prompts. */
  @WithDefault("512")
  int prefillChunk();

  /** {@code max_new_tokens} of requests that do not set it. */
  @WithDefault("256")
  int maxNewTokens();

  /**
   * Whose form answers have, {@code tgi} or {@code lmi}, where a request does not ask for one. If
   * unset: TGI's or LMI's if {@code HF_MODEL_ID} stands in the environment beside one of their
   * settings, else one JSON object, and server-sent events.
   */
  Optional<DialectChoice> dialect();

  /** Whether a request with an unknown key is refused; else the key is ignored. */
  @WithDefault("false")
  boolean strictParameters();

  /** The largest request body. */
  @WithDefault("4M")
  MemorySize maxBody();

  /** How long a body may take to arrive. */
  @WithDefault("30s")
  Duration bodyTimeout();

  /**
   * On SIGTERM, how long new sessions are still taken while {@code /ping} says that it drains, so
   * that routers notice before any is refused: their check's interval and timeout.
   */
  @WithDefault("5s")
  Duration drainNotice();

  /** After that, how long sessions may still take to end; then they are closed. */
  @WithDefault("25s")
  Duration drainTimeout();

  /** How long a request may take, waiting included, until its answer or its first token. */
  @WithDefault("60s")
  Duration requestTimeout();

  /** How long a streamed reply may take from its first token on. */
  @WithDefault("10m")
  Duration streamTimeout();

  /** How long a client may leave a stream unread before its connection is broken. */
  @WithDefault("60s")
  Duration streamStallTimeout();

  /** Loading many models into one container. */
  MultiModelConfig multi();

  /** Where {@code s3://} artifacts come from. */
  S3Config s3();
}
