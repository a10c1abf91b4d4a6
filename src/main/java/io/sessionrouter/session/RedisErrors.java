package io.sessionrouter.session;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What Redis answers with an error: out of memory, too few replicas, a snapshot that failed, a
 * permission that is missing.
 *
 * <p>Each such state is logged once, in Redis' own words, and once more when it is over. A state is
 * over when the command was carried out again and was not refused for a while: of a cluster's nodes
 * one may refuse what the others carry out.
 */
final class RedisErrors {
  private static final Logger LOG = Logger.getLogger(RedisErrors.class);
  private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int MAX_SHOWN_LENGTH = 200;
  private static final String CONNECTION_CLOSED = "CONNECTION_CLOSED";

  private final LongSupplier nanos;
  private final Map<String, Refusal> byCommand = new ConcurrentHashMap<>();
  private volatile boolean some;

  private record Refusal(String code, long at) {}

  RedisErrors(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Redis refused the command.
   *
   * @param command one of the few that the room sends
   * @param words that Redis answered with; the first is the error's code
   */
  void refused(String command, String words) {
    String code = code(words);
    Refusal before = byCommand.put(command, new Refusal(code, nanos.getAsLong()));
    some = true;
    if (before == null || !before.code.equals(code)) {
      LOG.warnf("redis refuses command=%s error=\"%s\"", command, shown(words));
    }
  }

  /** Redis carried the command out. */
  void accepted(String command) {
    if (some) {
      over(command);
    }
  }

  private void over(String command) {
    Refusal refusal = byCommand.get(command);
    if (refusal != null
        && nanos.getAsLong() - refusal.at >= QUIET_NANOS
        && byCommand.remove(command, refusal)) {
      LOG.infof("redis accepts command=%s again", command);
      some = !byCommand.isEmpty();
    }
  }

  /** Whether it is Redis that says so; the client words a lost connection alike. */
  static boolean isRefusal(Throwable why) {
    return why instanceof Response reply
        && reply.type() == ResponseType.ERROR
        && !CONNECTION_CLOSED.equals(why.getMessage());
  }

  /** The first word of an error, which names its kind. */
  static String code(String words) {
    int end = words.indexOf(' ');
    return end < 0 ? words : words.substring(0, end);
  }

  /** On one line, and no longer than a line. */
  static String shown(@Nullable String words) {
    String line = String.valueOf(words).replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_SHOWN_LENGTH ? line : line.substring(0, MAX_SHOWN_LENGTH) + "…";
  }
}
