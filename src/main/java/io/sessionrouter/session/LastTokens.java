package io.sessionrouter.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What containers last said of the contexts of sessions, as far as this replica saw their answers;
 * for people, so the least recent are forgotten when there are many.
 *
 * <p>Made of the same parts as {@link NearCache}, of which a native image is configured there.
 */
@Singleton
public final class LastTokens {
  private static final int MAX_ENTRIES = 10_000;
  private static final Duration KEPT_FOR = Duration.ofHours(1);

  private final Cache<Key, Tokens> entries =
      Caffeine.newBuilder()
          .maximumSize(MAX_ENTRIES)
          .expireAfter(Expiry.<Key, Tokens>writing((key, tokens) -> KEPT_FOR))
          .ticker(System::nanoTime)
          .executor(Runnable::run)
          .build();

  private record Key(String endpoint, String session) {}

  /**
   * The context of a session's last answer.
   *
   * @param prompt its tokens
   * @param cached of them, those that the container did not compute again
   */
  public record Tokens(long prompt, long cached) {}

  /** A container answered in the session, and reported them. */
  public void record(String endpoint, String session, long prompt, long cached) {
    entries.put(new Key(endpoint, session), new Tokens(prompt, cached));
  }

  /** Null if none was reported here lately. */
  public @Nullable Tokens of(String endpoint, String session) {
    return entries.getIfPresent(new Key(endpoint, session));
  }
}
