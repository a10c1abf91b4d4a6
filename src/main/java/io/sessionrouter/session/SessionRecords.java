package io.sessionrouter.session;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.EndedSession.Facts;
import io.sessionrouter.session.Stored.Live;
import io.sessionrouter.session.Stored.Tombstone;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The records of sessions in Redis: the truth.
 *
 * <p>A record is claimed only where there is none, refreshed only if it still is what it was, and
 * ended only if it still is of the same session. It outlives its session for a while, and an ended
 * one leaves a tombstone, so that latecomers learn why.
 */
final class SessionRecords {
  private static final Logger LOG = Logger.getLogger(SessionRecords.class);
  private static final long SHORTEST_MEMORY_MILLIS = 60_000;

  private final RedisCommands commands;
  private final RecordCodec codec;
  private final String replica;
  private final long rememberedMillis;
  private final InstantSource clock;

  /**
   * @param replica names this replica in what it publishes to the others
   * @param remembered how long ended sessions are remembered
   */
  SessionRecords(
      RedisCommands commands,
      RecordCodec codec,
      String replica,
      Duration remembered,
      InstantSource clock) {
    this.commands = commands;
    this.codec = codec;
    this.replica = replica;
    this.rememberedMillis = Math.max(SHORTEST_MEMORY_MILLIS, remembered.toMillis());
    this.clock = clock;
  }

  /** Completes with null if Redis knows nothing of the id. */
  Future<@Nullable Stored> read(String endpoint, String id) {
    return commands
        .send(Request.cmd(Command.GET).arg(Keys.record(endpoint, id)))
        .map(reply -> decoded(endpoint, id, reply));
  }

  /** Completes with false if the id is taken. */
  Future<Boolean> claim(String endpoint, Session session) {
    Request request =
        Request.cmd(Command.SET)
            .arg(Keys.record(endpoint, session.id()))
            .arg(RecordCodec.encode(session))
            .arg("NX")
            .arg("PXAT")
            .arg(session.expiresAt() + rememberedMillis);
    return commands.send(request).map(reply -> reply != null);
  }

  /**
   * Writes down a use, if the record is what {@code known} says.
   *
   * @return what Redis has afterwards: {@code fresh}, or whatever it was changed to meanwhile
   */
  Future<@Nullable Stored> refresh(String endpoint, Session known, Session fresh) {
    String id = fresh.id();
    return commands
        .run(
            Script.REFRESH,
            Keys.record(endpoint, id),
            RecordCodec.encode(known),
            RecordCodec.encode(fresh))
        .map(
            reply ->
                Replies.isOne(Replies.part(reply, 0))
                    ? new Live(fresh)
                    : decoded(endpoint, id, Replies.part(reply, 1)));
  }

  /**
   * Ends the session unless the id has become another's.
   *
   * @return whether this call ended it
   */
  Future<Boolean> end(String endpoint, Session session, Tombstone tombstone) {
    return end(Script.END, endpoint, session, RecordCodec.identity(session), tombstone);
  }

  /**
   * Ends the session unless its record was changed in any way.
   *
   * @return whether this call ended it
   */
  Future<Boolean> endUnchanged(String endpoint, Session session, Tombstone tombstone) {
    return end(Script.EXPIRE, endpoint, session, RecordCodec.encode(session), tombstone);
  }

  /** What a session that ends now leaves behind. */
  Tombstone tombstone(Ending ending, Session session) {
    long now = clock.millis();
    Missing why = ending.why();
    long left = session.expiresAt() - now;
    long memory =
        why == Missing.EXPIRED
            ? rememberedMillis
            : Math.clamp(left, SHORTEST_MEMORY_MILLIS, rememberedMillis);
    Facts facts =
        new Facts(
            ending,
            now,
            session.createdAt(),
            session.usedAt(),
            session.instance(),
            session.variant(),
            session.model(),
            session.owner());
    return new Tombstone(why, now + memory, facts);
  }

  private Future<Boolean> end(
      Script script, String endpoint, Session session, String expected, Tombstone tombstone) {
    return commands
        .run(
            script,
            Keys.record(endpoint, session.id()),
            expected,
            TombstoneCodec.encode(tombstone),
            tombstone.until(),
            Keys.CHANGES,
            InvalidationChannel.message(replica, endpoint, session.id()))
        .map(Replies::isOne);
  }

  private @Nullable Stored decoded(String endpoint, String id, @Nullable Response reply) {
    if (reply == null) {
      return null;
    }
    try {
      return codec.decode(id, reply.toString(StandardCharsets.UTF_8));
    } catch (UnreadableRecord unreadable) {
      LOG.warnf(
          "unreadable session record endpoint=%s cause=%s", endpoint, unreadable.getMessage());
      throw new RouterException(
          FailureKind.STORE_BROKE, "The session's record cannot be read.", unreadable);
    }
  }
}
