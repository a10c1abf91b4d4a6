package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands to Redis and waits a bounded time for answers.
 *
 * <p>Fails at once while there is no connection, and when more commands wait for their answers than
 * the client allows. All failures are {@link StoreUnavailable}.
 */
final class RedisCommands {
  private static final String NOSCRIPT = "NOSCRIPT";
  private static final String UNSENT_QUEUE = "Redis waiting queue is full";
  private static final String UNSENT_CLOSED = "Connection is closed";

  private final Link link;
  private final StoreEvents events;
  private final long timeoutMillis;

  RedisCommands(Link link, Duration timeout, StoreEvents events) {
    this.link = link;
    this.events = events;
    this.timeoutMillis = timeout.toMillis();
  }

  /** Completes with null where Redis answers nil. */
  Future<@Nullable Response> send(Request request) {
    RedisConnection connection = link.connection();
    if (connection == null) {
      events.failed(false);
      return Future.failedFuture(StoreUnavailable.unsent(link.lastError()));
    }
    long sent = System.nanoTime();
    return connection
        .send(request)
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .onComplete(done -> events.answered(name(request), System.nanoTime() - sent))
        .recover(why -> Future.failedFuture(unavailable(connection, why)));
  }

  /** Runs a script on one key; the first time, Redis has to be told its text. */
  Future<@Nullable Response> run(Script script, String key, Object... args) {
    return send(request(Command.EVALSHA, script.digest(), key, args))
        .recover(
            why ->
                isNoScript(why)
                    ? send(request(Command.EVAL, script.text(), key, args))
                    : Future.failedFuture(why));
  }

  private static Request request(Command command, String script, String key, Object... args) {
    Request request = Request.cmd(command).arg(script).arg(1).arg(key);
    for (Object arg : args) {
      request.arg(arg.toString());
    }
    return request;
  }

  private static String name(Request request) {
    return request.command().toString();
  }

  private StoreUnavailable unavailable(RedisConnection connection, Throwable why) {
    String message = String.valueOf(why.getMessage());
    if (message.startsWith("READONLY") || message.equals(UNSENT_CLOSED)) {
      // A fail-over: what this connection leads to is no master any more, or not there.
      link.lost(connection, why);
    }
    boolean unsent = message.equals(UNSENT_CLOSED) || message.equals(UNSENT_QUEUE);
    if (!message.startsWith(NOSCRIPT)) {
      events.failed(!unsent);
    }
    return unsent ? StoreUnavailable.unsent(why) : StoreUnavailable.unanswered(why);
  }

  private static boolean isNoScript(Throwable why) {
    Throwable cause = why.getCause();
    return cause != null && String.valueOf(cause.getMessage()).startsWith(NOSCRIPT);
  }
}
