package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.session.SessionIndex.Entry;
import io.sessionrouter.session.Sessions.OwnerSlot;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * The sessions of each principal on each endpoint, ordered by their absolute end.
 *
 * <p>Advisory like {@link SessionIndex}: the record is the truth. A session that was idle for too
 * long leaves it when it is reaped; one that left no other way is removed by whoever comes across
 * it, and does not count beyond its absolute end. So uses of a session cost this index nothing.
 */
final class OwnerIndex {
  private final RedisCommands commands;
  private final long rememberedMillis;
  private final InstantSource clock;

  OwnerIndex(RedisCommands commands, Duration remembered, InstantSource clock) {
    this.commands = commands;
    this.rememberedMillis = remembered.toMillis();
    this.clock = clock;
  }

  /** Does nothing for a session that nobody owns. */
  Future<Void> add(String endpoint, Session session) {
    return session.owner().isEmpty()
        ? Future.succeededFuture()
        : commands
            .run(
                Script.ADD,
                Keys.owned(endpoint, session.owner()),
                session.expiresAt(),
                IndexMember.ofSession(session.id()),
                life(session.expiresAt()))
            .mapEmpty();
  }

  /** Does nothing for a session that nobody owns. */
  Future<Void> remove(String endpoint, Session session) {
    return session.owner().isEmpty()
        ? Future.succeededFuture()
        : remove(endpoint, session.owner(), IndexMember.ofSession(session.id()));
  }

  Future<Void> remove(String endpoint, String owner, String member) {
    return commands
        .send(Request.cmd(Command.ZREM).arg(Keys.owned(endpoint, owner)).arg(member))
        .mapEmpty();
  }

  /**
   * Takes a slot of the principal.
   *
   * @param until when the slot frees itself
   * @return false if the principal has as many sessions and slots as it may
   */
  Future<Boolean> reserve(OwnerSlot slot, long until, long max) {
    return commands
        .run(
            Script.RESERVE,
            Keys.owned(slot.endpoint(), slot.owner()),
            until,
            IndexMember.ofSlot(slot.token()),
            life(until),
            clock.millis(),
            max)
        .map(Replies::isOne);
  }

  Future<Void> release(OwnerSlot slot) {
    return remove(slot.endpoint(), slot.owner(), IndexMember.ofSlot(slot.token()));
  }

  /** Sessions and slots whose time is not over. */
  Future<Long> count(String endpoint, String owner) {
    return commands
        .send(
            Request.cmd(Command.ZCOUNT)
                .arg(Keys.owned(endpoint, owner))
                .arg("(" + clock.millis())
                .arg("+inf"))
        .map(Replies::number);
  }

  /** Members that follow the given one, which may be none, in the order of the index. */
  Future<List<Entry>> after(String endpoint, String owner, long score, String member, int most) {
    return commands
        .run(Script.AFTER, Keys.owned(endpoint, owner), score, member, most)
        .map(SessionIndex::entries);
  }

  /** How long the whole index must live for the sake of one member. */
  private long life(long end) {
    return Math.max(1, end - clock.millis()) + rememberedMillis;
  }
}
