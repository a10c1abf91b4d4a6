package io.sessionrouter.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The affinity of one session: which instance holds its state, and until when.
 *
 * <p>Times are epoch milliseconds. Small on purpose: replicas keep many of these in memory.
 *
 * @param id the container's session id, unique within its endpoint
 * @param instance id of the instance that holds the state
 * @param bootId the boot of that instance the state belongs to; empty if the container reports none
 * @param variant the variant the session began on
 * @param model the target model, or empty on a single-model endpoint
 * @param owner the principal that opened it, or empty where callers are not distinguished
 * @param createdAt when the session was stored
 * @param expiresAt absolute end, never moved
 * @param usedAt last use that was written down; idle time counts from here
 */
public record Session(
    String id,
    String instance,
    String bootId,
    String variant,
    String model,
    String owner,
    long createdAt,
    long expiresAt,
    long usedAt) {

  /** The moment this session ends if nobody uses it again. */
  public long deadline(@Nullable Duration idleTimeout) {
    return idleTimeout == null ? expiresAt : Math.min(expiresAt, usedAt + idleTimeout.toMillis());
  }

  /** The same session, used at the given moment. */
  public Session usedAt(long now) {
    return new Session(id, instance, bootId, variant, model, owner, createdAt, expiresAt, now);
  }
}
