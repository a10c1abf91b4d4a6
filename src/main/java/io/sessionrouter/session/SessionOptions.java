package io.sessionrouter.session;

import java.time.Duration;

/**
 * How the session room works, apart from what each endpoint says about its sessions.
 *
 * @param nearCacheSize sessions remembered per endpoint, so that Redis is not asked again
 * @param commandTimeout longest wait for an answer of Redis
 * @param heartbeat how often Redis is probed; what this replica remembers is trusted for three of
 *     them without a word from Redis
 * @param countEvery how often the sessions per instance are counted, and ended ones looked for
 * @param remembered how long an ended session is remembered, so that latecomers learn why
 * @param firstBackoff wait before the first reconnect; doubles each time
 * @param longestBackoff longest wait before a reconnect
 */
public record SessionOptions(
    int nearCacheSize,
    Duration commandTimeout,
    Duration heartbeat,
    Duration countEvery,
    Duration remembered,
    Duration firstBackoff,
    Duration longestBackoff) {

  /** What applies where nothing is configured. */
  public static final SessionOptions DEFAULTS =
      new SessionOptions(
          100_000,
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ofMinutes(10),
          Duration.ofMillis(50),
          Duration.ofSeconds(2));

  public SessionOptions {
    if (nearCacheSize < 1) {
      throw new IllegalArgumentException("nearCacheSize: " + nearCacheSize + " (expected: >= 1)");
    }
    positive("commandTimeout", commandTimeout);
    positive("heartbeat", heartbeat);
    positive("countEvery", countEvery);
    positive("remembered", remembered);
    positive("firstBackoff", firstBackoff);
    if (longestBackoff.compareTo(firstBackoff) < 0) {
      throw new IllegalArgumentException(
          "longestBackoff: " + longestBackoff + " (expected: >= " + firstBackoff + ")");
    }
  }

  /** The same options with another size of the near cache. */
  public SessionOptions withNearCacheSize(int size) {
    return new SessionOptions(
        size, commandTimeout, heartbeat, countEvery, remembered, firstBackoff, longestBackoff);
  }

  /** The same options with another bound on Redis' answers. */
  public SessionOptions withCommandTimeout(Duration timeout) {
    return new SessionOptions(
        nearCacheSize, timeout, heartbeat, countEvery, remembered, firstBackoff, longestBackoff);
  }

  private static void positive(String name, Duration value) {
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1 ms)");
    }
  }
}
