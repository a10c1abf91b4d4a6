package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The drain marks in Redis.
 *
 * <p>A change is published. Should the message be missed, it is announced as well, and what was
 * announced lately is read again every few seconds; all marks are, once in a while. While Redis is
 * away, what was read last holds.
 */
final class RedisDrains implements DrainMarks {
  /** Marks per endpoint; beyond it the oldest ones of absent instances go. */
  static final int MAX_MARKS = 1000;

  private static final long ALL_MILLIS = Duration.ofMinutes(5).toMillis();

  private final RedisCommands commands;
  private final ReplicaNotices changes;
  private final Map<String, Long> readAt = new ConcurrentHashMap<>();
  private final Set<String> endpoints;
  private final KnownInstances instances;
  private final DrainListener listener;
  private final InstantSource clock;

  /**
   * @param endpoints those there are now
   */
  RedisDrains(
      RedisCommands commands,
      ReplicaNotices changes,
      Set<String> endpoints,
      KnownInstances instances,
      DrainListener listener,
      InstantSource clock) {
    this.commands = commands;
    this.changes = changes;
    this.endpoints = endpoints;
    this.instances = instances;
    this.listener = listener;
    this.clock = clock;
  }

  @Override
  public Future<Void> mark(String endpoint, String instance) {
    return change(
        endpoint,
        Request.cmd(Command.HSETNX)
            .arg(Keys.drains(endpoint))
            .arg(instance)
            .arg(String.valueOf(clock.millis())));
  }

  @Override
  public Future<Void> unmark(String endpoint, String instance) {
    return change(endpoint, Request.cmd(Command.HDEL).arg(Keys.drains(endpoint)).arg(instance));
  }

  /** Reads all marks. Never fails: those of before hold. */
  Future<Void> refresh() {
    List<Future<Void>> reads = new ArrayList<>();
    endpoints.forEach(endpoint -> reads.add(refresh(endpoint)));
    return Future.join(reads).mapEmpty();
  }

  /** Reads the marks that may have changed since they were read. Never fails. */
  Future<Void> refreshChanged() {
    return changes
        .lately()
        .recover(redisIsAway -> Future.succeededFuture(List.of()))
        .compose(this::refresh);
  }

  private Future<Void> refresh(List<String> changed) {
    long since = clock.millis() - ALL_MILLIS;
    Set<String> names = new HashSet<>(changed);
    List<Future<Void>> reads = new ArrayList<>();
    for (String endpoint : endpoints) {
      if (names.contains(endpoint) || readAt.getOrDefault(endpoint, 0L) <= since) {
        reads.add(refresh(endpoint));
      }
    }
    return Future.join(reads).mapEmpty();
  }

  /** Forgets what changed long ago. Never fails. */
  Future<Void> trim() {
    return changes.trim();
  }

  /** The endpoint is no more. */
  void forget(String endpoint) {
    readAt.remove(endpoint);
  }

  /** Never fails, as above. */
  Future<Void> refresh(String endpoint) {
    return endpoints.contains(endpoint)
        ? read(endpoint).recover(redisIsAway -> Future.succeededFuture())
        : Future.succeededFuture();
  }

  private Future<Void> change(String endpoint, Request change) {
    return commands
        .send(change)
        .compose(done -> changes.announce(endpoint))
        .compose(announced -> commands.send(publication(endpoint)))
        .compose(done -> read(endpoint));
  }

  private static Request publication(String endpoint) {
    return Request.cmd(Command.PUBLISH).arg(Keys.DRAINS).arg(endpoint);
  }

  private Future<Void> read(String endpoint) {
    return commands
        .send(Request.cmd(Command.HGETALL).arg(Keys.drains(endpoint)))
        .onSuccess(reply -> read(endpoint, reply))
        .mapEmpty();
  }

  private void read(String endpoint, @Nullable Response reply) {
    if (!endpoints.contains(endpoint)) {
      return;
    }
    Map<String, String> since = new HashMap<>();
    if (reply != null) {
      reply.getKeys().forEach(key -> since.put(key, String.valueOf(reply.get(key))));
    }
    readAt.put(endpoint, clock.millis());
    listener.drained(endpoint, Set.copyOf(since.keySet()));
    if (since.size() > MAX_MARKS) {
      forgetOldest(endpoint, since);
    }
  }

  /** Pods of a Deployment never come back under their names, and nobody takes back their marks. */
  private void forgetOldest(String endpoint, Map<String, String> since) {
    Collection<String> present = instances.of(endpoint);
    since.keySet().stream()
        .filter(instance -> !present.contains(instance))
        .sorted(Comparator.comparing(since::get))
        .limit(since.size() - MAX_MARKS)
        .forEach(
            gone -> commands.send(Request.cmd(Command.HDEL).arg(Keys.drains(endpoint)).arg(gone)));
  }
}
