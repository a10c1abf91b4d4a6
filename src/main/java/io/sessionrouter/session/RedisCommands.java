package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
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
  private static final String READONLY = "READONLY";
  private static final long REDIAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final RedisLink link;
  private final StoreEvents events;
  private final RedisErrors refusals;
  private final LongSupplier nanos;
  private final long timeoutMillis;
  private final AtomicLong redialled;

  RedisCommands(
      RedisLink link,
      Duration timeout,
      StoreEvents events,
      RedisErrors refusals,
      LongSupplier nanos) {
    this.link = link;
    this.events = events;
    this.refusals = refusals;
    this.nanos = nanos;
    this.timeoutMillis = timeout.toMillis();
    this.redialled = new AtomicLong(nanos.getAsLong() - REDIAL_NANOS);
  }

  /** Completes with null where Redis answers nil. */
  Future<@Nullable Response> send(Request request) {
    RedisConnection connection = link.connection();
    if (connection == null) {
      events.failed(StoreEvents.Failure.UNSENT);
      return Future.failedFuture(StoreUnavailable.unsent(link.lastError()));
    }
    long sent = System.nanoTime();
    return connection
        .send(request)
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .onComplete(done -> events.answered(name(request), System.nanoTime() - sent))
        .onSuccess(reply -> refusals.accepted(name(request)))
        .recover(why -> Future.failedFuture(unavailable(connection, name(request), why)));
  }

  /** Runs a script on one key; the first time, Redis has to be sent its text. */
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

  private StoreUnavailable unavailable(RedisConnection connection, String command, Throwable why) {
    String message = String.valueOf(why.getMessage());
    if (RedisErrors.isRefusal(why)) {
      return refused(connection, command, why, message);
    }
    if (message.equals(UNSENT_CLOSED)) {
      link.lost(connection, why);
    }
    boolean unsent = message.equals(UNSENT_CLOSED) || message.equals(UNSENT_QUEUE);
    StoreUnavailable failure =
        unsent ? StoreUnavailable.unsent(why) : StoreUnavailable.unanswered(why);
    events.failed(failure.failure());
    return failure;
  }

  private StoreUnavailable refused(
      RedisConnection connection, String command, Throwable error, String words) {
    if (words.startsWith(NOSCRIPT)) {
      return StoreUnavailable.refused(error, false);
    }
    refusals.refused(command, words);
    events.failed(StoreEvents.Failure.REFUSED);
    if (words.startsWith(READONLY) && mayRedial()) {
      // A fail-over: what this connection leads to is no master any more.
      link.lost(connection, error);
    }
    return StoreUnavailable.refused(error, command.startsWith("eval"));
  }

  /** Not at every refusal: it may be this Redis' lasting state. */
  private boolean mayRedial() {
    long last = redialled.get();
    long now = nanos.getAsLong();
    return now - last >= REDIAL_NANOS && redialled.compareAndSet(last, now);
  }

  private static boolean isNoScript(Throwable why) {
    Throwable cause = why.getCause();
    return cause != null && String.valueOf(cause.getMessage()).startsWith(NOSCRIPT);
  }
}
