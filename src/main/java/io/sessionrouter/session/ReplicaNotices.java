package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Names that replicas announce to each other under one key, so that nobody has to ask for what
 * nobody uses: what a round of questions costs depends on how much goes on, and not on how much
 * there is.
 */
final class ReplicaNotices {
  /** How far back to look: clocks differ, and rounds are late. */
  private static final Duration RECENT = Duration.ofMinutes(1);

  private static final Duration KEPT_FOR = Duration.ofMinutes(10);

  private final RedisCommands commands;
  private final String key;
  private final InstantSource clock;

  ReplicaNotices(RedisCommands commands, String key, InstantSource clock) {
    this.commands = commands;
    this.key = key;
    this.clock = clock;
  }

  Future<Void> announce(String name) {
    return commands.run(Script.ADD, key, clock.millis(), name, KEPT_FOR.toMillis()).mapEmpty();
  }

  /** What was announced lately. */
  Future<List<String>> lately() {
    return commands
        .send(
            Request.cmd(Command.ZRANGE)
                .arg(key)
                .arg(clock.millis() - RECENT.toMillis())
                .arg("+inf")
                .arg("BYSCORE"))
        .map(Replies::texts);
  }

  /** Forgets what was announced long ago. Never fails. */
  Future<Void> trim() {
    return commands
        .send(
            Request.cmd(Command.ZREMRANGEBYSCORE)
                .arg(key)
                .arg("-inf")
                .arg(clock.millis() - KEPT_FOR.toMillis()))
        .recover(why -> Future.succeededFuture())
        .mapEmpty();
  }
}
