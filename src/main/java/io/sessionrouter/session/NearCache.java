package io.sessionrouter.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy.VarExpiration;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this replica remembers of one endpoint's sessions; bounded, each entry until a moment of its
 * own.
 *
 * <p>A session's own id is the key, so that an entry costs no second string. Ids that Redis does
 * not know are never remembered: the next moment another replica may open them.
 *
 * <p>Caffeine looks its implementations up by names it puts together, so a native image has to be
 * configured with those that this cache and the room's interner come to.
 */
@RegisterForReflection(
    classNames = {
      "com.github.benmanes.caffeine.cache.SSMSA",
      "com.github.benmanes.caffeine.cache.PSWMS",
      "com.github.benmanes.caffeine.cache.WS",
      "com.github.benmanes.caffeine.cache.Interned"
    },
    fields = true)
final class NearCache {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Never used: every entry is put with a duration of its own. */
  private static final Duration UNSET_LIFE = Duration.ofDays(365);

  private final Cache<String, Remembered> entries;
  private final VarExpiration<String, Remembered> expiry;
  private final InvalidationStamps stamps = new InvalidationStamps();
  private final InstantSource clock;

  NearCache(int maximumSize, InstantSource clock) {
    this.clock = clock;
    this.entries =
        Caffeine.newBuilder()
            .maximumSize(maximumSize)
            .expireAfter(Expiry.<String, Remembered>creating((id, entry) -> UNSET_LIFE))
            .ticker(() -> clock.millis() * NANOS_PER_MILLI)
            // Upkeep on the spot: handing it to a pool would wake a thread thousands of times a
            // second.
            .executor(Runnable::run)
            .build();
    this.expiry = entries.policy().expireVariably().orElseThrow();
  }

  @Nullable Remembered get(String id) {
    return entries.getIfPresent(id);
  }

  /** To be taken before Redis is asked; see {@link #learn}. */
  long stamp(String id) {
    return stamps.of(id);
  }

  /** Remembers what Redis said, unless something newer was received since the stamp was taken. */
  void learn(String id, Remembered said, long until, long stamp) {
    if (stamps.of(id) != stamp) {
      return;
    }
    put(id, said, until);
    if (stamps.of(id) != stamp) {
      entries.asMap().remove(id, said);
    }
  }

  /** Remembers what this replica itself did to the record. */
  void did(String id, Remembered outcome, long until) {
    stamps.change(id);
    put(id, outcome, until);
  }

  /** The session's record was refreshed. Keeps the entry only if it is of the same session. */
  void refreshed(Session session) {
    entries
        .asMap()
        .computeIfPresent(
            session.id(), (id, entry) -> isOf(session, entry) ? found(entry, session) : entry);
  }

  /** The record changed; Redis must be asked again. */
  void forget(String id) {
    stamps.change(id);
    entries.invalidate(id);
  }

  /** Any record may have changed. */
  void forgetAll() {
    stamps.changeAll();
    entries.invalidateAll();
  }

  /** Entries held now, for tests and metrics. */
  long size() {
    entries.cleanUp();
    return entries.estimatedSize();
  }

  private void put(String id, Remembered entry, long until) {
    long left = until - clock.millis();
    if (left > 0) {
      String key = entry.lookup() instanceof Found found ? found.session().id() : id;
      var _ = expiry.put(key, entry, left, TimeUnit.MILLISECONDS);
    }
  }

  private static boolean isOf(Session session, Remembered entry) {
    return entry.lookup() instanceof Found found && same(found.session(), session);
  }

  private static Remembered found(Remembered entry, Session session) {
    long usedAt = ((Found) entry.lookup()).session().usedAt();
    return usedAt >= session.usedAt() ? entry : Remembered.Live.of(session);
  }

  /** Whether both are the same session, whenever it was used last. */
  static boolean same(Session one, Session other) {
    return one.usedAt(other.usedAt()).equals(other);
  }
}
