package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.testing.MutableClock;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What operators drain, over several replicas and a real Redis. */
class DrainMarksTest {
  private static final String CHAT = "chat";

  private static Vertx vertx;
  private static RedisProcess redis;

  private final MutableClock clock = new MutableClock();

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    redis = RedisProcess.startDurable();
  }

  @AfterAll
  static void stop() {
    redis.close();
    Replica.get(vertx.close());
  }

  @BeforeEach
  void forget() {
    try (Jedis jedis = redis.client()) {
      jedis.flushAll();
    }
  }

  @Test
  void aMarkReachesEveryReplicaAtOnce() {
    try (Replica one = replica();
        Replica other = replica()) {
      awaitMarks(other, Set.of());

      Replica.get(one.room.drains().mark(CHAT, "chat-0"));
      assertThat(one.drained.get(CHAT)).containsExactly("chat-0");
      awaitMarks(other, Set.of("chat-0"));

      Replica.get(other.room.drains().unmark(CHAT, "chat-0"));
      awaitMarks(one, Set.of());
    }
  }

  @Test
  void aMarkOutlivesTheReplicas() {
    try (Replica first = replica()) {
      Replica.get(first.room.drains().mark(CHAT, "chat-0"));
    }
    try (Replica second = replica()) {
      awaitMarks(second, Set.of("chat-0"));
    }
  }

  @Test
  void aMissedMessageIsMadeGoodByReadingAgain() {
    try (Replica replica = replica();
        Jedis behindItsBack = redis.client()) {
      awaitMarks(replica, Set.of());
      behindItsBack.hset("sr:d:{chat}", "chat-1", "1");
      behindItsBack.zadd(Keys.DRAINS_CHANGED, (double) clock.millis(), CHAT);

      replica.round();

      assertThat(replica.drained.get(CHAT)).containsExactly("chat-1");
    }
  }

  @Test
  void everyMarkIsReadAgainOnceInAWhile() {
    try (Replica replica = replica();
        Jedis behindItsBack = redis.client()) {
      awaitMarks(replica, Set.of());
      behindItsBack.hset("sr:d:{chat}", "chat-1", "1");

      replica.round();
      assertThat(replica.drained.get(CHAT)).isEmpty();
      clock.advance(Duration.ofMinutes(5));
      replica.round();

      assertThat(replica.drained.get(CHAT)).containsExactly("chat-1");
    }
  }

  @Test
  void whatOneReplicaMarksIsAnnounced() {
    try (Replica replica = replica();
        Jedis jedis = redis.client()) {
      Replica.get(replica.room.drains().mark(CHAT, "chat-0"));

      assertThat(jedis.zrange(Keys.DRAINS_CHANGED, 0, -1)).containsExactly(CHAT);
    }
  }

  @Test
  void markingTwiceKeepsTheFirstMoment() {
    try (Replica replica = replica();
        Jedis jedis = redis.client()) {
      Replica.get(replica.room.drains().mark(CHAT, "chat-0"));
      String since = jedis.hget("sr:d:{chat}", "chat-0");
      clock.advance(Duration.ofSeconds(1));

      Replica.get(replica.room.drains().mark(CHAT, "chat-0"));

      assertThat(jedis.hget("sr:d:{chat}", "chat-0")).isEqualTo(since);
    }
  }

  @Test
  void theMarksOfInstancesThatNeverComeBackAreBounded() {
    try (Replica replica = replica();
        Jedis jedis = redis.client()) {
      replica.instances.add("present");
      jedis.hset("sr:d:{chat}", "present", "0");
      for (int i = 0; i < RedisDrains.MAX_MARKS + 1; i++) {
        jedis.hset("sr:d:{chat}", "gone-" + i, String.valueOf(1_000_000 + i));
      }

      clock.advance(Duration.ofMinutes(5));
      replica.round();

      Replica.await("oldest forgotten", () -> jedis.hlen("sr:d:{chat}") == RedisDrains.MAX_MARKS);
      assertThat(jedis.hkeys("sr:d:{chat}"))
          .contains("present", "gone-2", "gone-" + RedisDrains.MAX_MARKS)
          .doesNotContain("gone-0", "gone-1");
    }
  }

  @Test
  void whileRedisIsAwayNothingIsPromised() {
    try (Replica replica = replica()) {
      Replica.get(replica.room.drains().mark(CHAT, "chat-0"));
      redis.kill();
      Replica.await("noticed", () -> !replica.room.health().available());

      assertThat(Replica.failure(replica.room.drains().unmark(CHAT, "chat-0")).kind())
          .isEqualTo(FailureKind.STORE_UNAVAILABLE);
      replica.round();
      assertThat(replica.drained.get(CHAT)).as("what is known").contains("chat-0");

      redis.restart();
      replica.connected();
      Replica.get(replica.room.drains().unmark(CHAT, "chat-0"));
      assertThat(replica.drained.get(CHAT)).isEmpty();
    }
  }

  private Replica replica() {
    return new Replica(
            vertx,
            redis.options(),
            clock,
            SessionOptions.DEFAULTS,
            TestSessions.endpoint(CHAT, null))
        .connected();
  }

  private static void awaitMarks(Replica replica, Set<String> marks) {
    Replica.await("marks " + marks, () -> marks.equals(replica.drained.get(CHAT)));
  }
}
