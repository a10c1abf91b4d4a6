package io.sessionrouter.container.config;

import java.time.Duration;
import java.util.regex.Pattern;

/** The ranges of the configuration, checked once at the start with messages that name the key. */
public final class ConfigCheck {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofDays(365);
  private static final long MOST_BYTES = 1L << 50;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");

  private ConfigCheck() {}

  /** Refuses a configuration that cannot work. */
  public static ModelConfig checked(ModelConfig config) {
    config.instanceName().ifPresent(ConfigCheck::checkName);
    between("model.threads", config.threads(), 1, 1024);
    between("model.max-concurrency", config.maxConcurrency(), 1, 4096);
    between("model.max-queue", config.maxQueue(), 0, 65_536);
    between("model.prefill-chunk", config.prefillChunk(), 1, 65_536);
    between("model.max-new-tokens", config.maxNewTokens(), 0, Integer.MAX_VALUE);
    between("model.max-body", config.maxBody().asLongValue(), 1024, 1L << 30);
    between("model.session-ttl", config.sessionTtl());
    config.sessionIdleTimeout().ifPresent(value -> between("model.session-idle-timeout", value));
    notNegative("model.drain-notice", config.drainNotice());
    notNegative("model.drain-timeout", config.drainTimeout());
    between("model.body-timeout", config.bodyTimeout());
    between("model.request-timeout", config.requestTimeout());
    between("model.stream-timeout", config.streamTimeout());
    between("model.stream-stall-timeout", config.streamStallTimeout());
    if (config.multi().enabled()) {
      check(config, config.multi());
    }
    return config;
  }

  /** It becomes part of a header. */
  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new SettingException("model.instance-name", name, "1 to 253 letters, digits and . _ -");
    }
  }

  private static void check(ModelConfig config, MultiModelConfig multi) {
    if (config.path().isPresent()) {
      throw new SettingException(
          "model.path", config.path().get(), "unset, because model.multi.enabled loads on demand");
    }
    config
        .servedNames()
        .ifPresent(
            names -> {
              throw new SettingException(
                  "model.served-names",
                  names,
                  "unset, because models have the names they are loaded by");
            });
    between("model.multi.max-models", multi.maxModels(), 1, 10_000);
    between("model.multi.max-loads", multi.maxLoads(), 1, 64);
    between("model.multi.max-queued-loads", multi.maxQueuedLoads(), 0, 10_000);
    between("model.multi.max-entries", multi.maxEntries(), 1, 1_000_000);
    between("model.multi.max-artifact", multi.maxArtifact().asLongValue(), 1024, MOST_BYTES);
    between("model.multi.max-unpacked", multi.maxUnpacked().asLongValue(), 1024, MOST_BYTES);
    between("model.multi.fetch-timeout", multi.fetchTimeout());
    between("model.multi.unload-timeout", multi.unloadTimeout());
    multi.urlPrefixes().ifPresent(prefixes -> prefixes.forEach(ConfigCheck::checkPrefix));
  }

  /** Without a slash at its end, {@code s3://mine} would also allow {@code s3://mine-not}. */
  private static void checkPrefix(String prefix) {
    if (!prefix.endsWith("/")) {
      throw new SettingException("model.multi.url-prefixes", prefix, "each ends with a slash");
    }
  }

  private static void between(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SettingException(key, value, "%d to %d".formatted(least, most));
    }
  }

  private static void notNegative(String key, Duration value) {
    if (value.isNegative() || value.compareTo(MOST) > 0) {
      throw new SettingException(key, value, "0 seconds to 365 days");
    }
  }

  private static void between(String key, Duration value) {
    if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
      throw new SettingException(key, value, "at least 1 second, at most 365 days");
    }
  }
}
