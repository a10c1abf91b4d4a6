package io.sessionrouter.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.ShutdownEvent;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells watchers once a second what the router does: one snapshot for all of them, and none when
 * nobody watches.
 *
 * <p>Who reads slowly gets the newest snapshot whenever there is room for one, and misses those in
 * between; who reads nothing for long is disconnected. A router about to end ends all watching, so
 * that watchers find one that stays.
 */
@Singleton
final class ConsoleFeed {
  static final int MAX_CLIENTS = 32;
  static final Duration MAX_SILENCE = Duration.ofSeconds(30);
  private static final long EVERY_MILLIS = 1_000;
  private static final Logger LOG = Logger.getLogger(ConsoleFeed.class);

  private final Ticks ticks;
  private final SnapshotSource source;
  private final ObjectMapper json;
  private final LongSupplier nanos;
  private final Set<ConsoleClient> watchers = new HashSet<>();
  private @Nullable Counted counted;
  private @Nullable SnapshotText newest;

  /** What calls {@link #tick} while somebody watches; never on an event loop. */
  interface Ticks {
    void begin(Runnable tick);

    void end();
  }

  @Inject
  ConsoleFeed(Vertx vertx, SnapshotReader readings, ObjectMapper json) {
    this(new TimedTicks(vertx, EVERY_MILLIS), readings, json, System::nanoTime);
  }

  ConsoleFeed(Ticks ticks, SnapshotSource source, ObjectMapper json, LongSupplier nanos) {
    this.ticks = ticks;
    this.source = source;
    this.json = json;
    this.nanos = nanos;
  }

  /**
   * Snapshots as JSON, each on one line, beginning with the present one; those after it have only
   * what changed, unless one was missed.
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
        watcher.tell(present);
      }
    } catch (ApiFailure late) {
      emitter.complete();
    }
  }

  private synchronized @Nullable SnapshotText admit(ConsoleClient watcher) {
    requireRoom();
    watchers.add(watcher);
    watcher.onEnd(() -> leave(watcher));
    if (watchers.size() == 1) {
      ticks.begin(this::tick);
    }
    return newest;
  }

  private static ApiFailure refused(String code, String message) {
    return new ApiFailure(Status.SERVICE_UNAVAILABLE, code, message);
  }

  private synchronized void leave(ConsoleClient watcher) {
    if (watchers.remove(watcher) && watchers.isEmpty()) {
      ticks.end();
      newest = null;
      counted = null;
    }
  }

  /** Makes a snapshot and tells all watchers. */
  void tick() {
    try {
      Counted now = source.count();
      ConsoleSnapshot snapshot = source.snapshot(before(now), now);
      SnapshotText news = news(snapshot);
      told(now, news).forEach(watcher -> watcher.tell(news));
      if (source.leaving()) {
        end();
      }
    } catch (RuntimeException failed) {
      LOG.error("live snapshot failed", failed);
      end();
    }
  }

  /** The first snapshot has nothing to compare with: nothing has happened yet. */
  private synchronized Counted before(Counted now) {
    return counted == null ? now : counted;
  }

  private synchronized SnapshotText news(ConsoleSnapshot snapshot) {
    return newest == null ? SnapshotText.first(snapshot, json) : newest.next(snapshot);
  }

  private synchronized List<ConsoleClient> told(Counted now, SnapshotText news) {
    if (!watchers.isEmpty()) {
      counted = now;
      newest = news;
    }
    return List.copyOf(watchers);
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
    end();
  }
}
