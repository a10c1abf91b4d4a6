package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.session.SessionEvents.Expiry;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What this replica keeps in memory of one endpoint's sessions, and how their time is judged. */
final class EndpointSessions {
  private static final Duration SLOT_MARGIN = Duration.ofSeconds(30);

  private final String name;
  private final int nearCacheSize;
  private final InstantSource clock;
  private final NearCache near;
  private final SessionCounters counts = new SessionCounters();
  private volatile EndpointSettings settings;
  private volatile @Nullable Idle idle;

  EndpointSessions(EndpointSettings settings, int nearCacheSize, InstantSource clock) {
    Duration timeout = settings.sessions().idleTimeout();
    this.name = settings.name();
    this.nearCacheSize = nearCacheSize;
    this.clock = clock;
    this.settings = settings;
    this.near = new NearCache(nearCacheSize, clock);
    this.idle = timeout == null ? null : Idle.begin(timeout, nearCacheSize, 0);
  }

  /**
   * How sessions end by being idle.
   *
   * @param from a session that was used last before then counts as used then: a shorter timeout
   *     ends no session by surprise
   */
  private record Idle(Duration timeout, long millis, LastUses uses, long from) {

    static Idle begin(Duration timeout, int most, long from) {
      return new Idle(timeout, timeout.toMillis(), new LastUses(timeout, most), from);
    }

    long deadline(Session session) {
      return Math.min(session.expiresAt(), Math.max(session.usedAt(), from) + millis);
    }
  }

  /** From now on these settings apply; sessions go on. */
  void configure(EndpointSettings now) {
    Duration timeout = now.sessions().idleTimeout();
    Idle before = idle;
    settings = now;
    if (timeout == null) {
      idle = null;
    } else if (before == null) {
      idle = Idle.begin(timeout, nearCacheSize, clock.millis());
    } else if (!before.timeout.equals(timeout)) {
      before.uses.idleTimeout(timeout);
      long from = timeout.compareTo(before.timeout) < 0 ? clock.millis() : before.from;
      idle = new Idle(timeout, timeout.toMillis(), before.uses, from);
    }
  }

  String name() {
    return name;
  }

  NearCache near() {
    return near;
  }

  /** Whether a session's container has to be sent the session's model, too. */
  boolean manyModels() {
    return settings.models() != null;
  }

  /** Null if the endpoint's sessions do not end by being idle. */
  @Nullable LastUses uses() {
    Idle present = idle;
    return present == null ? null : present.uses;
  }

  SessionCounters counts() {
    return counts;
  }

  /** When the session ends if nobody uses it again. */
  long deadline(Session session) {
    Idle present = idle;
    return present == null ? session.expiresAt() : present.deadline(session);
  }

  /** How long a slot is kept for a session that does not come. */
  Duration slotLife() {
    return settings.timeouts().firstByte().plus(SLOT_MARGIN);
  }

  /**
   * What this replica remembers for certain. A session that looks idle from here may have been used
   * elsewhere: that is for Redis to say. Redis is asked for a session of somebody else, too: it
   * must not be answered sooner than one that is not there.
   */
  @Nullable SessionLookup remembered(String id, Asker asker, long now) {
    Remembered entry = near.get(id);
    if (entry == null || !asker.sees(entry.owner())) {
      return null;
    }
    SessionLookup lookup = entry.lookup();
    if (!(lookup instanceof Found found)) {
      return lookup;
    }
    Expiry ended = ended(found.session(), now);
    if (ended == null) {
      return lookup;
    }
    return ended == Expiry.ABSOLUTE ? Missing.EXPIRED : null;
  }

  /** Which of the session's times is over; null if it lives. */
  @Nullable Expiry ended(Session session, long now) {
    if (now >= session.expiresAt()) {
      return Expiry.ABSOLUTE;
    }
    Idle present = idle;
    return present != null
            && now - Math.max(session.usedAt(), present.from) >= present.millis
            && now - present.uses.lastUse(session.id(), now) >= present.millis
        ? Expiry.IDLE
        : null;
  }
}
