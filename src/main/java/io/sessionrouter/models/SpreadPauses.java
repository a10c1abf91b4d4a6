package io.sessionrouter.models;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Until when no more members are to load a model that is busy on those that have it.
 *
 * <p>The implementation of the cache is that of {@link LoadFailures}, which registers it for the
 * native image.
 */
final class SpreadPauses {
  private static final int MAX_ENTRIES = 10_000;

  private final InstantSource clock;
  private final Cache<Key, Long> until =
      Caffeine.newBuilder().maximumSize(MAX_ENTRIES).executor(Runnable::run).build();

  private record Key(String variant, String target) {}

  SpreadPauses(InstantSource clock) {
    this.clock = clock;
  }

  void begin(String variant, String target, Duration howLong) {
    until.put(new Key(variant, target), clock.millis() + howLong.toMillis());
  }

  void end(String variant, String target) {
    until.invalidate(new Key(variant, target));
  }

  boolean covers(String variant, String target) {
    Long end = until.getIfPresent(new Key(variant, target));
    return end != null && clock.millis() < end;
  }
}
