package io.sessionrouter.session;

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

  private final EndpointSettings settings;
  private final NearCache near;
  private final @Nullable LastUses uses;
  private final SessionCounters counts = new SessionCounters();
  private final long idleMillis;

  EndpointSessions(EndpointSettings settings, int nearCacheSize, InstantSource clock) {
    Duration idle = settings.sessions().idleTimeout();
    this.settings = settings;
    this.near = new NearCache(nearCacheSize, clock);
    this.uses = idle == null ? null : new LastUses(idle, nearCacheSize);
    this.idleMillis = idle == null ? 0 : idle.toMillis();
  }

  String name() {
    return settings.name();
  }

  NearCache near() {
    return near;
  }

  /** Whether a session's container has to be told the session's model, too. */
  boolean manyModels() {
    return settings.models() != null;
  }

  /** Null if the endpoint's sessions do not end by being idle. */
  @Nullable LastUses uses() {
    return uses;
  }

  SessionCounters counts() {
    return counts;
  }

  /** When the session ends if nobody uses it again. */
  long deadline(Session session) {
    return session.deadline(settings.sessions().idleTimeout());
  }

  /** How long a slot is kept for a session that does not come. */
  Duration slotLife() {
    return settings.timeouts().firstByte().plus(SLOT_MARGIN);
  }

  /**
   * What this replica remembers for certain. A session that looks idle from here may have been used
   * elsewhere: that is for Redis to say.
   */
  @Nullable SessionLookup remembered(String id, long now) {
    SessionLookup entry = near.get(id);
    if (!(entry instanceof Found found)) {
      return entry;
    }
    Expiry ended = ended(found.session(), now);
    if (ended == null) {
      return entry;
    }
    return ended == Expiry.ABSOLUTE ? Missing.EXPIRED : null;
  }

  /** Which of the session's times is over; null if it lives. */
  @Nullable Expiry ended(Session session, long now) {
    if (now >= session.expiresAt()) {
      return Expiry.ABSOLUTE;
    }
    return uses != null && now - session.usedAt() >= idleMillis && !usedLately(session, now)
        ? Expiry.IDLE
        : null;
  }

  private boolean usedLately(Session session, long now) {
    return uses != null && now - uses.lastUse(session.id(), now) < idleMillis;
  }
}
