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
import org.jspecify.annotations.Nullable;

/**
 * The sessions of each instance, ordered by the moment they end.
 *
 * <p>Advisory: the record is the truth, and the index is brought after it. A member that no record
 * confirms is removed by whoever comes across it. The index of an instance that never comes back
 * ends by itself. A member whose moment has come is claimed by who reaps it: it stands below zero
 * then, where neither counts nor listings look.
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
   * Takes a slot of the instance.
   *
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
        .map(Replies::isOne);
  }

  Future<Void> release(Slot slot) {
    return remove(slot.endpoint(), slot.instance(), IndexMember.ofSlot(slot.token()));
  }

  /**
   * An index at one moment.
   *
   * @param live members whose time is not over: sessions and slots
   * @param due members whose time is over, and which nobody claims
   * @param all members, with those that somebody claims
   */
  record Look(long live, long due, long all) {}

  Future<Look> look(String endpoint, String instance, long now) {
    return commands
        .run(Script.LOOK, Keys.index(endpoint, instance), now)
        .map(
            reply ->
                new Look(
                    Replies.number(Replies.part(reply, 0)),
                    Replies.number(Replies.part(reply, 1)),
                    Replies.number(Replies.part(reply, 2))));
  }

  /**
   * Claims members whose moment has come, the oldest first. Of several replicas one gets each
   * member, and nobody else until the claim ends; a member that was moved or removed is not claimed
   * any more.
   */
  Future<List<String>> claim(String endpoint, String instance, Duration claim, int most) {
    long now = clock.millis();
    return commands
        .run(
            Script.CLAIM,
            Keys.index(endpoint, instance),
            now,
            now + claim.toMillis(),
            most,
            rememberedMillis)
        .map(Replies::texts);
  }

  /** Members that follow the given one, which may be none, in the order of the index. */
  Future<List<Entry>> after(String endpoint, String instance, long score, String member, int most) {
    return commands
        .run(Script.AFTER, Keys.index(endpoint, instance), score, member, most)
        .map(SessionIndex::entries);
  }

  /** Members and scores, one after the other. */
  static List<Entry> entries(@Nullable Response flat) {
    List<String> texts = Replies.texts(flat);
    List<Entry> entries = new ArrayList<>(texts.size() / 2);
    for (int i = 0; i + 1 < texts.size(); i += 2) {
      entries.add(new Entry(texts.get(i), (long) Double.parseDouble(texts.get(i + 1))));
    }
    return entries;
  }

  /** How long the whole index must live for the sake of one member. */
  private long life(long end) {
    return Math.max(1, end - clock.millis()) + rememberedMillis;
  }
}
