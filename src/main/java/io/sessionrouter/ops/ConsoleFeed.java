package io.sessionrouter.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.ops.SnapshotSource.Counted;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks once a second at what the router does, keeps a record of it, and sends it to watchers: one
 * snapshot for all of them.
 *
 * <p>Who reads slowly gets the newest snapshot whenever there is room for one, and misses those in
 * between; who reads nothing for long is disconnected. A router about to end ends all watching, so
 * that watchers find one that stays.
 */
@Singleton
final class ConsoleFeed {
  static final int MAX_CLIENTS = 32;
  private static final long EVERY_MILLIS = 1_000;

  /** While nobody watches, looking takes at most one part of so many of the time. */
  private static final int MIN_REST = 50;

  private static final Duration REST_AFTER_FAILURE = Duration.ofMinutes(1);
  private static final Logger LOG = Logger.getLogger(ConsoleFeed.class);

  private final Ticks ticks;
  private final SnapshotSource source;
  private final ObjectMapper json;
  private final LongSupplier nanos;
  private final FleetRecord record;
  private final RecentTraffic recent = new RecentTraffic();
  private final Set<ConsoleClient> watchers = new HashSet<>();
  private @Nullable Counted counted;
  private @Nullable SnapshotText newest;
  private long restUntil;

  @Inject
  ConsoleFeed(Vertx vertx, SnapshotReader readings, ObjectMapper json) {
    this(
        new TimedTicks(vertx, EVERY_MILLIS),
        readings,
        new FleetRecord(Instant.now()),
        json,
        System::nanoTime);
  }

  ConsoleFeed(
      Ticks ticks,
      SnapshotSource source,
      FleetRecord record,
      ObjectMapper json,
      LongSupplier nanos) {
    this.ticks = ticks;
    this.record = record;
    this.restUntil = nanos.getAsLong();
    this.source = source;
    this.json = json;
    this.nanos = nanos;
  }

  void start(@Observes StartupEvent start) {
    ticks.begin(this::tick);
  }

  /**
   * Snapshots as JSON, each on one line, beginning with the present one and what came before it;
   * those after it have only what changed, unless one was missed.
   *
   * @param hangUp cuts the watcher's connection
   * @throws ApiFailure if there is no room for one more
   */
  Multi<String> watch(Runnable hangUp) {
    requireRoom();
    return Multi.createFrom()
        .emitter(
            emitter -> join(emitter, new ConsoleClient(emitter, hangUp, nanos)),
            BackPressureStrategy.LATEST);
  }

  private synchronized void requireRoom() {
    if (source.leaving()) {
      throw refused("RouterLeaving", "This router is about to end (expected: another one).");
    }
    if (watchers.size() >= MAX_CLIENTS) {
      throw refused(
          "TooManyWatchers", "Watchers: %1$d (expected: less than %1$d)".formatted(MAX_CLIENTS));
    }
  }

  /** Who finds the last place taken meanwhile is past an error: their stream ends at once. */
  private void join(MultiEmitter<? super String> emitter, ConsoleClient watcher) {
    try {
      SnapshotText present = admit(watcher);
      if (present != null) {
        watcher.send(present);
      }
    } catch (ApiFailure late) {
      emitter.complete();
    }
  }

  private synchronized @Nullable SnapshotText admit(ConsoleClient watcher) {
    requireRoom();
    watchers.add(watcher);
    watcher.onEnd(() -> leave(watcher));
    return newest;
  }

  private static ApiFailure refused(String code, String message) {
    return new ApiFailure(Status.SERVICE_UNAVAILABLE, code, message);
  }

  private synchronized void leave(ConsoleClient watcher) {
    watchers.remove(watcher);
  }

  /** Makes a snapshot and sends it to all watchers. */
  void tick() {
    long began = nanos.getAsLong();
    if (rests(began)) {
      return;
    }
    try {
      SnapshotText news = look();
      all().forEach(watcher -> watcher.send(news));
      if (source.leaving()) {
        end();
      }
      rest(began, MIN_REST * (nanos.getAsLong() - began));
    } catch (RuntimeException failed) {
      LOG.error("live snapshot failed", failed);
      end();
      rest(began, REST_AFTER_FAILURE.toNanos());
    }
  }

  private synchronized boolean rests(long now) {
    return watchers.isEmpty() && now - restUntil < 0;
  }

  private synchronized void rest(long from, long length) {
    restUntil = from + length;
  }

  private SnapshotText look() {
    Counted now = source.count();
    ConsoleSnapshot read = source.snapshot(before(now), now, recent.add(now));
    return keep(now, record.complete(read, source.takeLosses()));
  }

  /** The first snapshot has nothing to compare with: nothing has happened yet. */
  private synchronized Counted before(Counted now) {
    return counted == null ? now : counted;
  }

  private synchronized SnapshotText keep(Counted now, ConsoleSnapshot snapshot) {
    counted = now;
    newest = newest == null ? SnapshotText.first(snapshot, record, json) : newest.next(snapshot);
    return newest;
  }

  /** Nobody watches any more. */
  void end() {
    all().forEach(ConsoleClient::end);
  }

  private synchronized List<ConsoleClient> all() {
    return List.copyOf(watchers);
  }

  synchronized int watching() {
    return watchers.size();
  }

  void stop(@Observes ShutdownEvent stop) {
    ticks.end();
    end();
  }
}
