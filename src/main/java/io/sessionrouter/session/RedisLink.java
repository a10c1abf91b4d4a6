package io.sessionrouter.session;

import io.sessionrouter.domain.Backoff;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One long-lived connection to Redis, which is dialled again whenever it breaks.
 *
 * <p>Commands travel pipelined over it, instead of each taking a connection from a pool: a pool's
 * handful of connections would bound the throughput. Each dial has a client of its own, and a
 * broken connection is closed together with its client: a pool would take a connection that hangs
 * for one that can be lent again, and the Cluster client would keep a dead node's.
 */
final class RedisLink {
  private static final Logger LOG = Logger.getLogger(RedisLink.class);

  private final String name;
  private final Vertx vertx;
  private final Context context;
  private final Supplier<Redis> clients;
  private final Backoff backoff;
  private final Duration dialTimeout;
  private final Preparation prepare;
  private final StoreEvents events;
  private volatile @Nullable Line line;
  private volatile @Nullable Throwable lastError;
  private @Nullable Redis dialling;
  private int failures;
  private boolean stopped;

  private record Line(Redis client, RedisConnection connection) {}

  /** What to do on a new connection. */
  interface Preparation {

    /** Before it counts as up. */
    Future<Void> apply(RedisConnection connection);

    /** Now that it does. */
    default void up() {}
  }

  /**
   * @param name for the log
   * @param clients makes a client for each dial
   */
  RedisLink(
      String name,
      Vertx vertx,
      Supplier<Redis> clients,
      Backoff backoff,
      Duration dialTimeout,
      Preparation prepare,
      StoreEvents events) {
    this.name = name;
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.clients = clients;
    this.backoff = backoff;
    this.dialTimeout = dialTimeout;
    this.prepare = prepare;
    this.events = events;
  }

  void start() {
    context.runOnContext(ignored -> dial());
  }

  /** The connection, or null while there is none. */
  @Nullable RedisConnection connection() {
    Line now = line;
    return now == null ? null : now.connection;
  }

  boolean up() {
    return line != null;
  }

  /** Why the link is down, or was last. */
  @Nullable Throwable lastError() {
    return lastError;
  }

  /** The connection turned out not to work: it is dropped and dialled again. */
  void lost(RedisConnection broken, Throwable why) {
    Redis client = take(broken);
    if (client != null) {
      LOG.warnf("redis connection lost link=%s cause=%s", name, why);
      events.disconnected(name);
      client.close();
      again(why);
    }
  }

  /** Drops whatever connection there is and dials again. */
  void redial(Throwable why) {
    RedisConnection now = connection();
    if (now != null) {
      lost(now, why);
    }
  }

  void stop() {
    Line last;
    Redis unfinished;
    synchronized (this) {
      stopped = true;
      last = line;
      unfinished = dialling;
      line = null;
      dialling = null;
    }
    if (last != null) {
      last.client.close();
    }
    if (unfinished != null) {
      unfinished.close();
    }
  }

  private void dial() {
    Redis client = clients.get();
    if (!dialling(client)) {
      client.close();
      return;
    }
    connect(client)
        .timeout(dialTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(connection -> up(client, connection))
        .onFailure(why -> down(client, why));
  }

  private Future<RedisConnection> connect(Redis client) {
    return client
        .connect()
        .compose(
            connection -> {
              connection.endHandler(ended -> lost(connection, new Ended("closed by Redis")));
              connection.exceptionHandler(why -> lost(connection, why));
              return prepare.apply(connection).map(connection);
            });
  }

  private void up(Redis client, RedisConnection connection) {
    synchronized (this) {
      if (stopped) {
        return;
      }
      dialling = null;
      failures = 0;
      line = new Line(client, connection);
    }
    LOG.infof("redis connection up link=%s", name);
    events.connected(name);
    prepare.up();
  }

  private void down(Redis client, Throwable why) {
    synchronized (this) {
      dialling = null;
    }
    client.close();
    if (!sameAsBefore(why)) {
      LOG.warnf("redis cannot be reached link=%s cause=%s", name, why);
    }
    again(why);
  }

  /** Each state of not being connected is logged once, and not at every try. */
  private boolean sameAsBefore(Throwable why) {
    Throwable before = lastError;
    return failures > 0
        && before != null
        && (isRefusal(before) == isRefusal(why))
        && (!isRefusal(why) || String.valueOf(before.getMessage()).equals(why.getMessage()));
  }

  private static boolean isRefusal(Throwable why) {
    return why instanceof Refused || RedisErrors.isRefusal(why);
  }

  private void again(Throwable why) {
    lastError = why;
    long wait;
    synchronized (this) {
      if (stopped) {
        return;
      }
      failures++;
      wait = backoff.afterFailures(failures);
    }
    vertx.setTimer(wait, ignored -> start());
  }

  private synchronized boolean dialling(Redis client) {
    if (stopped) {
      return false;
    }
    dialling = client;
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // that very connection
  private synchronized @Nullable Redis take(RedisConnection broken) {
    Line now = line;
    if (now == null || now.connection != broken) {
      return null;
    }
    line = null;
    return now.client;
  }

  /** Why a connection is gone, where nothing was thrown. */
  static class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Ended(String message) {
      super(message, null, false, false);
    }
  }

  /** Redis did not let the connection be what it is for, in its own words. */
  static final class Refused extends Ended {
    private static final long serialVersionUID = 1L;

    Refused(String words) {
      super(RedisErrors.shown(words));
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // shown without the name of the class
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
