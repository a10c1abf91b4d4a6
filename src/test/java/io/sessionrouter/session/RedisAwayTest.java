package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.INSTANCE;
import static io.sessionrouter.session.TestSessions.endpoint;
import static io.sessionrouter.session.TestSessions.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.testing.MutableClock;
import io.sessionrouter.testing.RedisProcess;
import io.sessionrouter.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** What happens while Redis, or the way to it, is gone; and after. */
@Tag("slow")
class RedisAwayTest {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration LEASE = Heartbeat.lease(SessionOptions.DEFAULTS);
  private static final Predicate<String> SUBSCRIBER =
      sent -> sent.toLowerCase(Locale.ROOT).contains("subscribe");
  private static final Predicate<String> EVERYONE = sent -> true;

  private final MutableClock clock = new MutableClock();
  private Vertx vertx;
  private RedisProcess redis;
  private TcpProxy network;
  private Replica a;
  private Replica b;

  /** A speaks with Redis directly, B through a network that can fail. */
  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    redis = RedisProcess.startDurable();
    network = new TcpProxy(vertx, redis.port());
    a = replica(redis.options(), SessionOptions.DEFAULTS).connected();
    b = replica(throughNetwork(), SessionOptions.DEFAULTS).connected();
  }

  @AfterEach
  void stop() {
    a.close();
    b.close();
    network.close();
    Replica.get(vertx.close());
    redis.close();
  }

  private Replica replica(RedisOptions options, SessionOptions how) {
    Replica replica =
        new Replica(vertx, options, clock, how, endpoint("chat", null), endpoint("idle", IDLE));
    replica.instances.add(INSTANCE);
    return replica;
  }

  private RedisOptions throughNetwork() {
    return new RedisOptions().setConnectionString("redis://127.0.0.1:" + network.port());
  }

  @Test
  void cachedSessionsGoOnAndTheRestIsToldToTryAgain() {
    Session known = opened(a, "known");
    opened(b, "unseen");

    redis.kill();
    Replica.await("the loss is noticed", () -> !a.room.health().available());

    assertThat(a.cached("chat", "known")).isEqualTo(new Found(known));
    assertThat(a.find("chat", "known")).isEqualTo(new Found(known));
    assertUnavailable(a.sessions.find("chat", "unseen", Asker.ANYBODY));
    assertUnavailable(a.sessions.open("chat", session("new", clock)));
    assertUnavailable(a.sessions.reserve("chat", INSTANCE, 1));
    assertThat(a.room.health().lastError()).isNotNull();
  }

  @Test
  void itRecoversByItself() {
    Session known = opened(a, "known");
    redis.kill();
    Replica.await("the loss is noticed", () -> !a.room.health().available());

    redis.restart();

    a.connected();
    b.connected();
    assertThat(a.room.health().lastError()).isNull();
    assertThat(a.find("chat", "known")).isEqualTo(new Found(known));
    assertThat(b.find("chat", "known")).isEqualTo(new Found(known));
    opened(b, "new");
  }

  @Test
  void aReplicaStartsWithoutRedisAndBecomesReadyWithIt() {
    redis.kill();
    try (Replica early = replica(redis.options(), SessionOptions.DEFAULTS)) {
      assertThat(early.room.health().available()).isFalse();
      assertUnavailable(early.sessions.find("chat", "s-1", Asker.ANYBODY));
      early.round();

      redis.restart();

      early.connected();
      opened(early, "s-1");
    }
  }

  @Test
  void anEndThatWasMissedWhileCutOffIsLearnedAfterwards() {
    Session session = opened(a, "s-1");
    b.find("chat", "s-1");
    network.cut();
    Replica.await(
        "the cut is noticed", () -> !b.room.health().subscribed() && !b.room.health().available());

    a.close("chat", session);
    assertThat(b.find("chat", "s-1")).isEqualTo(new Found(session));

    network.restore();
    Replica.await("the end is learned", () -> askedWhenItCan(b) == Missing.CLOSED);
  }

  @Test
  void withoutNewsButWithRedisNothingCachedIsTrusted() {
    Session session = opened(a, "s-1");
    b.find("chat", "s-1");
    network.refuse(SUBSCRIBER);
    Replica.await("the subscription is gone", () -> !b.room.health().subscribed());
    assertThat(b.room.health().available()).isTrue();

    a.close("chat", session);

    assertThat(b.cached("chat", "s-1")).isNull();
    assertThat(b.find("chat", "s-1")).isEqualTo(Missing.CLOSED);
  }

  @Test
  void aSubscriptionThatDiedWithoutASignIsFoundOut() {
    Session session = opened(a, "s-1");
    b.find("chat", "s-1");
    assertThat(network.mute(SUBSCRIBER)).isEqualTo(1);
    a.close("chat", session);
    assertThat(b.cached("chat", "s-1")).isEqualTo(new Found(session));

    for (int beat = 0; beat < 4; beat++) {
      b.round();
    }

    Replica.await("the end is learned", () -> b.find("chat", "s-1") == Missing.CLOSED);
    b.connected();
  }

  @Test
  void afterAPauseRedisIsAskedUntilAProbeHasComeBack() {
    Session session = opened(a, "s-1");
    b.find("chat", "s-1");
    assertThat(b.cached("chat", "s-1")).isEqualTo(new Found(session));

    b.nanos.addAndGet(LEASE.toNanos());

    assertThat(b.cached("chat", "s-1")).isNull();
    assertThat(b.room.health().subscribed()).isFalse();
    assertThat(b.find("chat", "s-1")).isEqualTo(new Found(session));

    b.round();
    Replica.await("b hears itself", () -> b.room.health().subscribed());
    assertThat(b.cached("chat", "s-1")).isEqualTo(new Found(session));
  }

  @Test
  void whatEndedWhileAReplicaHeardNothingIsNotAnsweredBeyondItsLease() {
    Session session = opened(a, "s-1");
    b.find("chat", "s-1");
    assertThat(network.mute(SUBSCRIBER)).isEqualTo(1);
    a.close("chat", session);

    b.nanos.addAndGet(LEASE.toNanos());

    assertThat(b.find("chat", "s-1")).isEqualTo(Missing.CLOSED);
  }

  @Test
  void aKilledSubscriptionIsTrustedAgainOnlyWithAProbe() {
    Session session = opened(a, "s-1");
    b.find("chat", "s-1");
    try (Jedis jedis = redis.client()) {
      jedis.clientKill(new ClientKillParams().type(ClientType.PUBSUB));
    }
    Replica.await("what was remembered is forgotten", () -> b.cached("chat", "s-1") == null);
    b.connected();
    assertThat(b.find("chat", "s-1")).isEqualTo(new Found(session));

    a.close("chat", session);

    Replica.await("the end is heard", () -> b.find("chat", "s-1") == Missing.CLOSED);
  }

  @Test
  void aProbeThatWasSentIntoAPauseDoesNotCountAgainstRedis() {
    Replica hasty = hasty();
    Session known = opened(hasty, "known");
    network.mute(EVERYONE);

    Future<Void> probe = hasty.room.health().ping();
    hasty.nanos.addAndGet(Duration.ofSeconds(30).toNanos());
    Replica.failure(probe);

    assertThat(hasty.room.health().available()).isTrue();
    assertThat(hasty.cached("chat", known.id())).isNull();
    hasty.close();
  }

  @Test
  void aSlotThatRedisDidNotConfirmIsGivenBack() {
    Replica hasty = hasty();
    try (Jedis jedis = redis.client()) {
      jedis.clientPause(900);
    }
    assertUnavailable(hasty.sessions.reserve("chat", INSTANCE, 1));
    assertThat(hasty.sessions.bound("chat", INSTANCE)).isZero();

    hasty.round();
    Replica.await("redis answers", () -> hasty.room.health().available());
    hasty.round();

    assertThat(Replica.get(hasty.sessions.reserve("chat", INSTANCE, 1))).isNotNull();
    hasty.close();
  }

  @Test
  void aReleaseThatRedisDidNotConfirmIsDoneAgain() {
    Replica hasty = hasty();
    Sessions.Slot slot = Replica.get(hasty.sessions.reserve("chat", INSTANCE, 1));
    network.cut();
    Replica.await("the cut is noticed", () -> !hasty.room.health().available());
    hasty.sessions.release(slot);

    network.restore();
    hasty.connected();
    hasty.round();

    assertThat(Replica.get(hasty.sessions.reserve("chat", INSTANCE, 1))).isNotNull();
    hasty.close();
  }

  @Test
  void aMemberThatCouldNotBeAddedIsNotAddedAfterItsSessionEnded() {
    Session session = opened(a, "s-1");
    try (Jedis jedis = redis.client()) {
      Replica.await("it is indexed", () -> jedis.zcard(Keys.index("chat", INSTANCE)) == 1);
      jedis.aclSetUser("default", "-eval", "-evalsha");
      Session other = session("s-2", clock);
      a.open("chat", other);
      jedis.aclSetUser("default", "+eval", "+evalsha");
      a.close("chat", other);
      a.close("chat", session);

      a.round();

      assertThat(jedis.zcard(Keys.index("chat", INSTANCE))).isZero();
    }
  }

  @Test
  void anUnansweredCommandFailsInTimeAndTheConnectionIsReplaced() {
    Replica hasty = hasty();
    Session known = opened(hasty, "known");
    Session unseen = opened(a, "unseen");
    network.mute(EVERYONE);

    assertUnavailable(hasty.sessions.find("chat", "unseen", Asker.ANYBODY));
    assertThat(hasty.find("chat", "known")).isEqualTo(new Found(known));
    hasty.round();
    assertThat(hasty.room.health().available()).isFalse();
    hasty.round();

    hasty.connected();
    assertThat(hasty.find("chat", "unseen")).isEqualTo(new Found(unseen));
    hasty.close();
  }

  @Test
  void aFrozenRedisIsWaitedForAndItsBacklogIsBounded() {
    RedisOptions narrow = throughNetwork().setMaxWaitingHandlers(8);
    Replica hasty =
        replica(narrow, SessionOptions.DEFAULTS.withCommandTimeout(Duration.ofMillis(500)))
            .connected();
    redis.freeze();
    List<Future<?>> finds = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      finds.add(hasty.sessions.find("chat", "s-" + i, Asker.ANYBODY));
    }

    finds.forEach(RedisAwayTest::assertUnavailable);

    redis.thaw();
    Replica.await("Redis answers", () -> askedWhenItCan(hasty) == Missing.UNKNOWN);
    hasty.close();
  }

  @Test
  void anUnconfirmedClaimDoesNotStayUsable() {
    Replica hasty = hasty();
    Session session = session("s-1", clock);
    network.mute(EVERYONE);

    assertUnavailable(hasty.sessions.open("chat", session));

    hasty.round();
    hasty.round();
    hasty.connected();
    hasty.round();
    assertThat(a.find("chat", "s-1")).isEqualTo(Missing.CLOSED);
    assertThat(hasty.find("chat", "s-1")).isEqualTo(Missing.CLOSED);
    assertThat(hasty.told("opened") + hasty.told("closed")).isZero();
    hasty.close();
  }

  @Test
  void anUnconfirmedCloseIsMadeGood() {
    Replica hasty = hasty();
    Session session = opened(hasty, "s-1");
    network.cut();
    Replica.await("the cut is noticed", () -> !hasty.room.health().available());

    assertUnavailable(hasty.sessions.close("chat", session));
    assertThat(hasty.cached("chat", "s-1")).isEqualTo(Missing.CLOSED);
    assertThat(a.find("chat", "s-1")).isEqualTo(new Found(session));

    network.restore();
    hasty.connected();
    hasty.round();
    assertThat(hasty.told("closed")).isEqualTo(1);
    Replica.await("the end is told", () -> a.find("chat", "s-1") == Missing.CLOSED);
    hasty.close();
  }

  @Test
  void whatLooksIdleIsNotAnsweredWithoutRedis() {
    Session session = session("s-1", clock);
    a.open("idle", session);
    redis.kill();
    Replica.await("the loss is noticed", () -> !a.room.health().available());

    clock.advance(IDLE);

    assertUnavailable(a.sessions.find("idle", "s-1", Asker.ANYBODY));
  }

  @Test
  void aUseThatCouldNotBeWrittenIsWrittenAfterwardsAndBeforeAnyReaperActs() {
    Session session = session("s-1", clock);
    a.open("idle", session);
    a.sessions.beginUse("idle", session);
    a.round();
    redis.kill();
    Replica.await("the loss is noticed", () -> !a.room.health().available());
    Replica.await("the loss is noticed", () -> !b.room.health().available());
    clock.advance(IDLE.plusMinutes(1));
    a.round();
    b.round();
    redis.restart();
    a.connected();
    b.connected();

    b.round();
    assertThat(b.closedOnContainer).isEmpty();
    a.round();

    assertThat(b.find("idle", "s-1")).isInstanceOf(Found.class);
    a.sessions.endUse("idle", session);
    clock.advance(IDLE);
    b.round();
    assertThat(b.closedOnContainer).containsExactly("s-1");
  }

  @Test
  void theLastUsesAreWrittenWhenAReplicaStops() {
    Session session = session("s-1", clock);
    a.open("idle", session);
    Replica ending = replica(redis.options(), SessionOptions.DEFAULTS).connected();
    clock.advance(Duration.ofSeconds(1));
    ending.sessions.beginUse("idle", session);
    ending.sessions.endUse("idle", session);

    ending.close();

    try (Jedis jedis = redis.client()) {
      assertThat(jedis.get("sr:s:{idle:s-1}"))
          .isEqualTo(RecordCodec.encode(session.usedAt(clock.millis())));
    }
  }

  private Replica hasty() {
    return replica(
            throughNetwork(), SessionOptions.DEFAULTS.withCommandTimeout(Duration.ofMillis(500)))
        .connected();
  }

  private Session opened(Replica replica, String id) {
    Session session = session(id, clock);
    assertThat(replica.open("chat", session)).isTrue();
    return session;
  }

  private static Object askedWhenItCan(Replica replica) {
    try {
      return replica.find("chat", "s-1");
    } catch (RouterException notYet) {
      assertThat(notYet.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE);
      return notYet;
    }
  }

  private static void assertUnavailable(Future<?> future) {
    RouterException failure = Replica.failure(future);
    assertThat(failure.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE);
    assertThat(failure).hasMessage("The session store is unavailable; try again.");
  }
}
