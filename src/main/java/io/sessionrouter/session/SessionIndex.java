package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.session.Sessions.Slot;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The sessions of each instance, ordered by the moment they end.
 *
 * <p>Advisory: the record is the truth, and the index is brought after it. A member that no record
 * confirms is removed by whoever comes across it. The index of an instance that never comes back
 * ends by itself.
 */
final class SessionIndex {
  private final RedisCommands commands;
  private final long rememberedMillis;
  private final InstantSource clock;

  SessionIndex(RedisCommands commands, Duration remembered, InstantSource clock) {
    this.commands = commands;
    this.rememberedMillis = remembered.toMillis();
    this.clock = clock;
  }

  /**
   * A member and where it stands.
   *
   * @param score the moment it ends
   */
  record Entry(String member, long score) {}

  Future<Void> add(String endpoint, Session session, long deadline) {
    return commands
        .run(
            Script.ADD,
            Keys.index(endpoint, session.instance()),
            deadline,
            IndexMember.ofSession(session.id()),
            life(session.expiresAt()))
        .mapEmpty();
  }

  /** The session ends later than thought. Never adds it: it may have been removed meanwhile. */
  Future<Void> move(String endpoint, Session session, long deadline) {
    return commands
        .send(
            Request.cmd(Command.ZADD)
                .arg(Keys.index(endpoint, session.instance()))
                .arg("XX")
                .arg("GT")
                .arg(deadline)
                .arg(IndexMember.ofSession(session.id())))
        .mapEmpty();
  }

  Future<Void> remove(String endpoint, Session session) {
    return remove(endpoint, session.instance(), IndexMember.ofSession(session.id()));
  }

  Future<Void> remove(String endpoint, String instance, String member) {
    return commands
        .send(Request.cmd(Command.ZREM).arg(Keys.index(endpoint, instance)).arg(member))
        .mapEmpty();
  }

  /**
   * @param until when the slot frees itself
   * @return false if the instance is full
   */
  Future<Boolean> reserve(Slot slot, long until, int max) {
    return commands
        .run(
            Script.RESERVE,
            Keys.index(slot.endpoint(), slot.instance()),
            until,
            IndexMember.ofSlot(slot.token()),
            life(until),
            clock.millis(),
            max)
        .map(reply -> reply.toInteger() == 1);
  }

  Future<Void> release(Slot slot) {
    return remove(slot.endpoint(), slot.instance(), IndexMember.ofSlot(slot.token()));
  }

  /** Live sessions and slots of the instance. */
  Future<Long> count(String endpoint, String instance) {
    return commands
        .send(
            Request.cmd(Command.ZCOUNT)
                .arg(Keys.index(endpoint, instance))
                .arg("(" + clock.millis())
                .arg("+inf"))
        .map(Response::toLong);
  }

  /** Members whose moment has come, the oldest first. */
  Future<List<String>> due(String endpoint, String instance, int most) {
    return range(endpoint, instance, "-inf", String.valueOf(clock.millis()), 0, most)
        .map(entries -> entries.stream().map(Entry::member).toList());
  }

  /** Members that end at the given moment or later, in the order of the index. */
  Future<List<Entry>> from(String endpoint, String instance, long score, int skip, int most) {
    return range(endpoint, instance, String.valueOf(score), "+inf", skip, most);
  }

  private Future<List<Entry>> range(
      String endpoint, String instance, String low, String high, int skip, int most) {
    return commands
        .send(
            Request.cmd(Command.ZRANGEBYSCORE)
                .arg(Keys.index(endpoint, instance))
                .arg(low)
                .arg(high)
                .arg("WITHSCORES")
                .arg("LIMIT")
                .arg(skip)
                .arg(most))
        .map(SessionIndex::entries);
  }

  /** Members and scores, one after the other. */
  private static List<Entry> entries(Response flat) {
    List<Entry> entries = new ArrayList<>(flat.size() / 2);
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      entries.add(new Entry(flat.get(i).toString(), flat.get(i + 1).toDouble().longValue()));
    }
    return entries;
  }

  /** How long the whole index must live for the sake of one member. */
  private long life(long end) {
    return Math.max(1, end - clock.millis()) + rememberedMillis;
  }
}
