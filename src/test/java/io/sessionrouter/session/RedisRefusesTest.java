package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.INSTANCE;
import static io.sessionrouter.session.TestSessions.endpoint;
import static io.sessionrouter.session.TestSessions.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.testing.LogLines;
import io.sessionrouter.testing.MutableClock;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** A Redis that is there and answers with errors. */
class RedisRefusesTest {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final MutableClock clock = new MutableClock();
  private final LogLines refusals = new LogLines(RedisErrors.class);
  private final LogLines links = new LogLines(RedisLink.class);
  private Vertx vertx;
  private RedisProcess redis;
  private Jedis jedis;
  private Replica a;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    redis = RedisProcess.start();
    jedis = redis.client();
    a = replica(redis.options()).connected();
  }

  @AfterEach
  void stop() {
    a.close();
    jedis.close();
    Replica.get(vertx.close());
    redis.close();
    refusals.close();
    links.close();
  }

  private Replica replica(RedisOptions options) {
    Replica replica =
        new Replica(
            vertx,
            options,
            clock,
            SessionOptions.DEFAULTS,
            endpoint("chat", null),
            endpoint("idle", IDLE));
    replica.instances.add(INSTANCE);
    return replica;
  }

  @Test
  void outOfMemoryIsNamedOnceAndRefusesOpeningsUpFront() {
    Session known = opened("known");
    fill();

    for (int i = 0; i < 5; i++) {
      assertThat(Replica.failure(a.sessions.open("chat", session("s-" + i, clock))).kind())
          .isEqualTo(FailureKind.STORE_UNAVAILABLE);
    }

    assertThat(a.room.health().writable()).isFalse();
    assertThat(a.room.health().available()).isTrue();
    assertThat(a.room.health().lastError()).startsWith("OOM command not allowed");
    assertThat(refusals.lines())
        .filteredOn(line -> line.contains("command=set"))
        .singleElement()
        .asString()
        .startsWith("WARN redis refuses command=set error=\"OOM command not allowed");
    assertThat(a.find("chat", "known")).isEqualTo(new Found(known));
    assertThat(a.told("refused")).isPositive();
  }

  @Test
  void itRecoversByItself() {
    fill();
    a.round();
    assertThat(a.room.health().writable()).isFalse();

    jedis.configSet("maxmemory", "0");
    a.nanos.addAndGet(QUIET.toNanos());
    a.round();

    assertThat(a.room.health().writable()).isTrue();
    assertThat(a.room.health().lastError()).isNull();
    opened("s-1");
    assertThat(refusals.lines()).contains("INFO redis accepts command=set again");
  }

  @Test
  void tooFewReplicasAreFoundOutBeforeAnybodyOpensASession() {
    jedis.configSet("min-replicas-to-write", "1");

    a.round();

    assertThat(a.room.health().writable()).isFalse();
    assertThat(a.room.health().lastError()).startsWith("NOREPLICAS");
  }

  @Test
  void nothingIsCalledIdleBeforeItsUsesCouldBeWrittenDown() {
    Session session = session("s-1", clock);
    assertThat(a.open("idle", session)).isTrue();
    jedis.configSet("min-replicas-to-write", "1");
    clock.advance(IDLE.plusSeconds(1));
    a.round();
    a.round();

    jedis.configSet("min-replicas-to-write", "0");
    a.round();

    assertThat(a.closedOnContainer).isEmpty();
  }

  @Test
  void aServerThatStaysAReplicaIsNotDialledAtEveryRefusal() {
    jedis.slaveof("127.0.0.1", 1);
    for (int i = 0; i < 20; i++) {
      a.sessions.open("chat", session("s-" + i, clock));
    }
    Replica.await("it is found out", () -> !refusals.lines().isEmpty());
    a.connected();

    for (int i = 0; i < 20; i++) {
      Replica.failure(a.sessions.open("chat", session("t-" + i, clock)));
    }

    assertThat(a.room.health().writable()).isFalse();
    assertThat(links.lines()).filteredOn(line -> line.contains("connection lost")).hasSize(1);
    assertThat(refusals.lines())
        .filteredOn(line -> line.contains("command=set error=\"READONLY"))
        .hasSize(1);
  }

  @Test
  void aRefusedSubscriptionIsNamedOnceAndRedisIsAskedEachTime() {
    jedis.aclSetUser("deaf", "on", ">secret", "~*", "+@all", "-subscribe", "allchannels");
    try (Replica deaf =
        replica(
            new RedisOptions()
                .setConnectionString("redis://deaf:secret@127.0.0.1:" + redis.port()))) {
      Replica.await("redis answers", () -> deaf.room.health().available());
      Replica.await(
          "the refusal is known",
          () -> links.lines().stream().filter(line -> line.contains("NOPERM")).count() == 1);
      Session session = opened("s-1");
      assertThat(deaf.find("chat", "s-1")).isEqualTo(new Found(session));
      Replica.await("it was tried again", () -> deniedSubscriptions() >= 4);

      a.close("chat", session);

      assertThat(deaf.cached("chat", "s-1")).isNull();
      assertThat(deaf.find("chat", "s-1")).isEqualTo(Missing.CLOSED);
      assertThat(deaf.room.health().available()).isTrue();
      assertThat(deaf.room.health().subscribed()).isFalse();
      assertThat(links.lines())
          .filteredOn(line -> line.contains("NOPERM"))
          .singleElement()
          .asString()
          .startsWith("WARN redis cannot be reached link=changes cause=NOPERM");
    }
  }

  @Test
  void whoMayNotPublishIsNotReady() {
    jedis.aclSetUser("mute", "on", ">secret", "~*", "+@all", "resetchannels");
    try (Replica mute =
        replica(
            new RedisOptions()
                .setConnectionString("redis://mute:secret@127.0.0.1:" + redis.port()))) {
      Replica.await(
          "the refusal is known",
          () -> String.valueOf(mute.room.health().lastError()).startsWith("NOPERM"));

      assertThat(mute.room.health().available()).isFalse();
      assertThat(mute.cached("chat", "s-1")).isNull();
    }
  }

  private long deniedSubscriptions() {
    return jedis
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_subscribe:"))
        .map(line -> line.replaceAll(".*rejected_calls=(\\d+).*", "$1"))
        .mapToLong(Long::parseLong)
        .sum();
  }

  private void fill() {
    jedis.set("full", "x".repeat(1 << 20));
    jedis.configSet("maxmemory-policy", "noeviction");
    jedis.configSet("maxmemory", "1mb");
  }

  private Session opened(String id) {
    Session session = session(id, clock);
    assertThat(a.open("chat", session)).isTrue();
    return session;
  }

  @Test
  void linesAreShortAndWhole() {
    assertThat(RedisErrors.shown("OOM\r\nx")).isEqualTo("OOM  x");
    assertThat(RedisErrors.shown("x".repeat(999))).hasSize(201);
    assertThat(RedisErrors.code("LOADING")).isEqualTo("LOADING");
    assertThat(List.of(RedisErrors.code("OOM command"))).containsExactly("OOM");
  }
}
