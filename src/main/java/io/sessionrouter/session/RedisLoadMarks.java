package io.sessionrouter.session;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.LoadMarks;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The marks in Redis, one key per model, which ends by itself.
 *
 * <p>A load under way is {@code L|load|instance}, a failure {@code F|until|kind|status|text}. What
 * cannot be read, of a later version perhaps, is taken for nothing said.
 */
final class RedisLoadMarks implements LoadMarks {
  private static final int FAILURE_PARTS = 5;
  private static final int LOADING_PARTS = 3;

  private final RedisCommands commands;
  private final InstantSource clock;

  RedisLoadMarks(RedisCommands commands, InstantSource clock) {
    this.commands = commands;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Mark> claim(Key key, String load, String instance, Duration life) {
    return set(key, load, own(load) + instance, life.toMillis())
        .map(this::read)
        .toCompletionStage();
  }

  @Override
  public CompletionStage<Mark> read(Key key) {
    return commands
        .send(Request.cmd(Command.GET).arg(key(key)))
        .map(reply -> read(reply))
        .toCompletionStage();
  }

  @Override
  public void release(Key key, String load) {
    commands.run(Script.UNMARK, key(key), own(load));
  }

  @Override
  public void failed(Key key, String load, Mark.Failed why) {
    String text =
        "F|" + why.until() + '|' + why.kind().name() + '|' + why.status() + '|' + why.text();
    set(key, load, text, why.until() - clock.millis());
  }

  private Future<@Nullable Response> set(Key key, String load, String text, long life) {
    return commands.run(Script.MARK, key(key), own(load), text, Math.max(1, life));
  }

  private static String key(Key key) {
    return Keys.load(key.endpoint(), key.variant(), key.target());
  }

  private static String own(String load) {
    return "L|" + load + '|';
  }

  private Mark read(@Nullable Response reply) {
    String text = reply == null ? "" : reply.toString();
    if (text.startsWith("L|")) {
      String[] parts = text.split("\\|", LOADING_PARTS);
      return parts.length < LOADING_PARTS ? FREE : new Mark.Loading(parts[2]);
    }
    return text.startsWith("F|") ? failure(text.split("\\|", FAILURE_PARTS)) : FREE;
  }

  private static Mark failure(String[] parts) {
    try {
      return parts.length < FAILURE_PARTS
          ? FREE
          : new Mark.Failed(
              FailureKind.valueOf(parts[2]),
              Integer.parseInt(parts[3]),
              parts[4],
              Long.parseLong(parts[1]));
    } catch (IllegalArgumentException ofAnotherVersion) {
      return FREE;
    }
  }
}
