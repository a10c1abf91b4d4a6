package io.sessionrouter.models;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.sessionrouter.domain.RouterException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Loads that failed a short while ago, so that they are not tried again for every request.
 *
 * <p>Caffeine looks its implementations up by names it puts together, so a native image has to be
 * configured with those that this cache comes to.
 */
@RegisterForReflection(
    classNames = {
      "com.github.benmanes.caffeine.cache.SSMS",
      "com.github.benmanes.caffeine.cache.PSMS"
    },
    fields = true)
final class LoadFailures {
  private static final int MAX_ENTRIES = 10_000;

  private final InstantSource clock;
  private final Cache<Key, Failure> failures;

  private record Key(String variant, String target) {}

  private record Failure(RouterException why, long until) {}

  LoadFailures(InstantSource clock) {
    this.clock = clock;
    this.failures = Caffeine.newBuilder().maximumSize(MAX_ENTRIES).executor(Runnable::run).build();
  }

  void remember(String variant, String target, RouterException why, Duration howLong) {
    failures.put(new Key(variant, target), new Failure(why, clock.millis() + howLong.toMillis()));
  }

  void forget(String variant, String target) {
    failures.invalidate(new Key(variant, target));
  }

  /** Why the model could not be loaded, or null if it may be tried. */
  @Nullable RouterException of(String variant, String target) {
    Failure failure = failures.getIfPresent(new Key(variant, target));
    return failure == null || clock.millis() >= failure.until ? null : failure.why;
  }
}
