package io.sessionrouter.container.session;

import io.sessionrouter.container.generation.SequenceState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One conversation: its id, its time to live, who uses it, and what the model remembers of it. */
public final class Session {
  private final String id;
  private final SequenceState state;
  private final Instant expires;
  private final @Nullable Duration idleTimeout;
  private final TurnQueue turns = new TurnQueue();
  private int users;
  private Instant lastUsed;
  private boolean closing;
  private @Nullable SessionEnd end;

  Session(String id, SequenceState state, Lifetime lifetime, Instant now) {
    this.id = id;
    this.state = state;
    this.expires = lifetime.expiry(now);
    this.idleTimeout = lifetime.idleTimeout().orElse(null);
    this.lastUsed = now;
  }

  public String id() {
    return id;
  }

  /** What the model remembers. */
  public SequenceState state() {
    return state;
  }

  /** When it ends at the latest. */
  public Instant expires() {
    return expires;
  }

  /** Joins the line of those who use it, or fails if it is over. */
  synchronized TurnQueue.Place join(Instant now) {
    refuseIfOver(now);
    users++;
    return turns.join();
  }

  private void refuseIfOver(Instant now) {
    if (end != null) {
      throw end.refusal(id);
    }
    if (closing) {
      throw SessionEnd.CLOSED.refusal(id);
    }
    if (users == 0 && expired(now)) {
      throw SessionEnd.EXPIRED.refusal(id);
    }
  }

  /** Looks again when the turn has come: it may have ended meanwhile. */
  synchronized void checkAlive(Instant now) {
    if (end != null) {
      throw end.refusal(id);
    }
    if (!expires.isAfter(now)) {
      throw SessionEnd.EXPIRED.refusal(id);
    }
  }

  synchronized void leave(Instant now) {
    users--;
    lastUsed = now;
  }

  /** From now on nobody may join; whether this is the first to say so. */
  synchronized boolean announceClose() {
    boolean first = !closing;
    closing = true;
    return first;
  }

  private boolean expired(Instant now) {
    return !expires.isAfter(now)
        || (idleTimeout != null && !lastUsed.plus(idleTimeout).isAfter(now));
  }

  /** Ends it, unless it is over already; whether this call ended it. */
  synchronized boolean end(SessionEnd reason) {
    boolean first = end == null;
    end = first ? reason : end;
    return first;
  }

  /** Ends it if nobody uses it and its time is over. */
  synchronized boolean endIfExpired(Instant now) {
    return users == 0 && expired(now) && end(SessionEnd.EXPIRED);
  }

  /** Ends it if nobody has used it since then. */
  synchronized boolean endIfIdleSince(Instant then, SessionEnd reason) {
    return users == 0 && !lastUsed.isAfter(then) && end(reason);
  }

  synchronized Instant lastUsed() {
    return lastUsed;
  }

  synchronized Optional<SessionEnd> ended() {
    return Optional.ofNullable(end);
  }
}
