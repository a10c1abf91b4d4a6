package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.INSTANCE;
import static io.sessionrouter.session.TestSessions.TTL;
import static io.sessionrouter.session.TestSessions.endpoint;
import static io.sessionrouter.session.TestSessions.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Backoff;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.SessionIndex.Look;
import io.sessionrouter.session.Sessions.Slot;
import io.sessionrouter.session.Stored.Tombstone;
import io.sessionrouter.testing.MutableClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every kind of Redis must give: two replicas over one Redis agree. */
abstract class SessionsContract {
  private static final AtomicInteger ENDPOINTS = new AtomicInteger();
  private static final Duration IDLE = Duration.ofMinutes(5);

  final MutableClock clock = new MutableClock();

  /** Sessions of it end by their absolute time only. */
  final String chat = "chat-" + ENDPOINTS.incrementAndGet();

  /** Sessions of it end by being idle, too. */
  final String idle = "idle-" + ENDPOINTS.incrementAndGet();

  private Vertx vertx;
  private Redis redis;
  private Replica a;
  private Replica b;

  abstract RedisOptions options();

  @BeforeEach
  void startReplicas() {
    vertx = Vertx.vertx();
    redis = Redis.createClient(vertx, options());
    a = replica().connected();
    b = replica().connected();
  }

  @AfterEach
  void stopReplicas() {
    a.close();
    b.close();
    redis.close();
    Replica.get(vertx.close());
  }

  private Replica replica() {
    Replica replica =
        new Replica(
            vertx,
            options(),
            clock,
            SessionOptions.DEFAULTS,
            endpoint(chat, null),
            endpoint(idle, IDLE));
    replica.instances.add(INSTANCE);
    return replica;
  }

  // Open, find

  @Test
  void whatOneReplicaOpensTheOtherFinds() {
    Session session =
        new Session("s-1", INSTANCE, "boot 1", "main", "a|b%c", "Zoë", 1000, clock.millis() + 9, 5);

    assertThat(a.open(chat, session)).isTrue();

    assertThat(b.find(chat, "s-1")).isEqualTo(new Found(session));
    assertThat(a.cached(chat, "s-1")).isEqualTo(new Found(session));
    assertThat(b.cached(chat, "s-1")).isEqualTo(new Found(session));
    assertThat(a.told("opened")).isEqualTo(1);
  }

  @Test
  void aTakenIdIsLeftAsItIs() {
    Session first = opened(a, chat, "s-1");

    boolean second = b.open(chat, session("s-1", "10.9.9.9:8080", clock));

    assertThat(second).isFalse();
    assertThat(b.find(chat, "s-1")).isEqualTo(new Found(first));
    assertThat(b.told("opened")).isZero();
  }

  @Test
  void ofTwoReplicasThatClaimAnIdOneWins() {
    for (int i = 0; i < 50; i++) {
      String id = "s-" + i;
      Session mine = session(id, "10.0.0.1:8080", clock);
      Session other = session(id, "10.0.0.2:8080", clock);
      Future<Boolean> claimA = a.sessions.open(chat, mine);
      Future<Boolean> claimB = b.sessions.open(chat, other);

      boolean wonA = Replica.get(claimA);
      assertThat(wonA).isNotEqualTo(Replica.get(claimB));
      Found winner = new Found(wonA ? mine : other);
      assertThat(a.find(chat, id)).isEqualTo(winner);
      assertThat(b.find(chat, id)).isEqualTo(winner);
    }
  }

  @Test
  void unknownIsNotRemembered() {
    assertThat(b.find(chat, "s-1")).isEqualTo(Missing.UNKNOWN);

    Session session = opened(a, chat, "s-1");

    assertThat(b.cached(chat, "s-1")).isNull();
    assertThat(b.find(chat, "s-1")).isEqualTo(new Found(session));
  }

  @Test
  void idsAreNeverComparedByPrefix() {
    Session one = opened(a, chat, "session-1");
    Session twelve = opened(a, chat, "session-12");

    b.close(chat, one);

    awaitMissing(a, chat, "session-1", Missing.CLOSED);
    assertThat(a.find(chat, "session-12")).isEqualTo(new Found(twelve));
    assertThat(b.find(chat, "session-12")).isEqualTo(new Found(twelve));
    assertThat(listed(b, chat)).containsExactly("session-12");
  }

  @Test
  void endpointsDoNotShareIds() {
    Session session = opened(a, chat, "s-1");

    assertThat(b.find(idle, "s-1")).isEqualTo(Missing.UNKNOWN);
    assertThat(b.find("nowhere", "s-1")).isEqualTo(Missing.UNKNOWN);
    assertThat(b.find(chat, "s-1")).isEqualTo(new Found(session));
  }

  // Close, lose

  @Test
  void whatOneReplicaClosesTheOtherCallsClosed() {
    Session session = opened(a, chat, "s-1");
    b.find(chat, "s-1");

    a.close(chat, session);

    awaitMissing(b, chat, "s-1", Missing.CLOSED);
    assertThat(a.cached(chat, "s-1")).isEqualTo(Missing.CLOSED);
    assertThat(replicaThatKnowsNothing().find(chat, "s-1")).isEqualTo(Missing.CLOSED);
    assertThat(a.told("closed")).isEqualTo(1);
  }

  @Test
  void closingTwiceIsToldOnce() {
    Session session = opened(a, chat, "s-1");

    a.close(chat, session);
    b.close(chat, session);

    assertThat(a.told("closed") + b.told("closed")).isEqualTo(1);
    assertThat(b.find(chat, "s-1")).isEqualTo(Missing.CLOSED);
  }

  @Test
  void anEndedIdCannotBeOpenedWhileItIsRemembered() {
    Session session = opened(a, chat, "s-1");
    a.close(chat, session);

    assertThat(b.open(chat, session("s-1", "10.9.9.9:8080", clock))).isFalse();
    assertThat(b.find(chat, "s-1")).isEqualTo(Missing.CLOSED);
  }

  @Test
  void howASessionEndedIsRememberedForPeople() {
    Session session = opened(a, chat, "s-1");
    assertThat(Replica.get(b.room.ended().findEnded(chat, "s-1", Asker.ANYBODY))).isNull();

    Replica.get(a.sessions.lose(chat, session, Loss.RESTARTED));

    EndedSession ended = Replica.get(b.room.ended().findEnded(chat, "s-1", Asker.ANYBODY));
    assertThat(ended.why()).isEqualTo(Missing.LOST);
    assertThat(ended.forgottenAt()).isGreaterThan(clock.millis());
    assertThat(ended.facts())
        .isEqualTo(
            new EndedSession.Facts(
                Ending.LOST_RESTARTED,
                clock.millis(),
                session.createdAt(),
                session.usedAt(),
                session.instance(),
                session.variant(),
                session.model(),
                session.owner()));
    assertThat(Replica.get(b.room.ended().findEnded(chat, "nobody", Asker.ANYBODY))).isNull();
  }

  @Test
  void aLostSessionIsLostEverywhere() {
    Session session = opened(a, chat, "s-1");
    b.find(chat, "s-1");

    Replica.get(a.sessions.lose(chat, session, Loss.GONE));

    awaitMissing(b, chat, "s-1", Missing.LOST);
    assertThat(a.find(chat, "s-1")).isEqualTo(Missing.LOST);
    assertThat(a.told("lost")).isEqualTo(1);
  }

  @Test
  void aSessionThatTwoReplicasFindLostIsCountedOnce() {
    Session session = opened(a, chat, "s-1");

    Future<Void> one = a.sessions.lose(chat, session, Loss.RESTARTED);
    Future<Void> other = b.sessions.lose(chat, session, Loss.RESTARTED);
    Replica.get(one);
    Replica.get(other);
    Replica.get(b.sessions.lose(chat, session, Loss.RESTARTED));

    assertThat(a.told("lost") + b.told("lost")).isEqualTo(1);
    assertThat(a.find(chat, "s-1")).isEqualTo(Missing.LOST);
  }

  @Test
  void aSessionThatIsAnotherOneNowIsNotTouched() {
    Session now = opened(a, chat, "s-1");
    Session before =
        new Session(
            "s-1",
            now.instance(),
            "boot before",
            now.variant(),
            "",
            "",
            now.createdAt(),
            now.expiresAt(),
            now.usedAt());

    Replica.get(b.sessions.lose(chat, before, Loss.RESTARTED));
    b.close(chat, before);

    assertThat(b.find(chat, "s-1")).isEqualTo(new Found(now));
    assertThat(b.told("lost") + b.told("closed")).isZero();
  }

  @Test
  void recordsAndTombstonesAreForgottenInTheEnd() {
    Session session = opened(a, chat, "s-1");
    assertThat(millisToLive(Keys.record(chat, "s-1")))
        .isBetween(TTL.toMillis(), TTL.plusMinutes(10).toMillis());
    awaitIndexed(chat, 1);
    assertThat(millisToLive(Keys.index(chat, INSTANCE)))
        .isBetween(TTL.toMillis(), TTL.plusMinutes(10).toMillis());

    a.close(chat, session);

    assertThat(millisToLive(Keys.record(chat, "s-1")))
        .isBetween(Duration.ofMinutes(1).toMillis(), Duration.ofMinutes(10).toMillis());
  }

  @Test
  void aReplyThatWasOvertakenByAnEndIsNotRemembered() {
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sessions.add(opened(a, chat, "s-" + i));
    }

    List<Future<?>> race = new ArrayList<>();
    for (Session session : sessions) {
      race.add(b.sessions.find(chat, session.id(), Asker.ANYBODY));
      race.add(a.sessions.close(chat, session));
      race.add(b.sessions.find(chat, session.id(), Asker.ANYBODY));
    }
    Replica.get(Future.join(race));

    for (Session session : sessions) {
      awaitMissing(b, chat, session.id(), Missing.CLOSED);
    }
  }

  // Time

  @Test
  void absoluteExpiryNeedsNoQuestion() {
    Session session = opened(a, chat, "s-1");

    clock.advance(TTL.minusMillis(1));
    assertThat(a.cached(chat, "s-1")).isEqualTo(new Found(session));

    clock.advance(Duration.ofMillis(1));
    assertThat(a.find(chat, "s-1")).isEqualTo(Missing.EXPIRED);
    assertThat(b.find(chat, "s-1")).isEqualTo(Missing.EXPIRED);
  }

  @Test
  void anUnusedSessionEndsByBeingIdle() {
    opened(a, idle, "s-1");

    clock.advance(IDLE.minusMillis(1));
    assertThat(b.find(idle, "s-1")).isInstanceOf(Found.class);

    clock.advance(Duration.ofMillis(1));
    assertThat(a.find(idle, "s-1")).isEqualTo(Missing.EXPIRED);
    assertThat(b.find(idle, "s-1")).isEqualTo(Missing.EXPIRED);
  }

  @Test
  void whatLooksIdleHereMayHaveBeenUsedElsewhere() {
    Session session = opened(a, idle, "s-1");
    b.find(idle, "s-1");
    clock.advance(IDLE.dividedBy(2));
    use(a, session);
    awaitUsedAt("s-1", clock.millis());

    clock.advance(IDLE.dividedBy(2).plusMillis(1));

    assertThat(b.cached(idle, "s-1")).isNull();
    assertThat(b.find(idle, "s-1")).isInstanceOf(Found.class);
    assertThat(a.cached(idle, "s-1")).isInstanceOf(Found.class);
  }

  @Test
  void aRunningStreamKeepsItsSessionAlive() {
    Session session = opened(a, idle, "s-1");
    a.sessions.beginUse(idle, session);

    for (int tenth = 0; tenth < 35; tenth++) {
      clock.advance(IDLE.dividedBy(10));
      a.roundHeard();
      b.roundHeard();
    }
    assertThat(b.find(idle, "s-1")).isInstanceOf(Found.class);
    assertThat(a.cached(idle, "s-1")).isInstanceOf(Found.class);
    assertThat(a.closedOnContainer).isEmpty();
    assertThat(b.closedOnContainer).isEmpty();

    a.sessions.endUse(idle, session);
    clock.advance(IDLE);
    assertThat(a.find(idle, "s-1")).isEqualTo(Missing.EXPIRED);
    assertThat(b.find(idle, "s-1")).isEqualTo(Missing.EXPIRED);
  }

  @Test
  void aShortUseIsWrittenLaterAndCountsFromItsOwnMoment() {
    Session session = opened(a, idle, "s-1");
    clock.advance(IDLE.dividedBy(20));
    use(a, session);
    long used = clock.millis();

    a.round();
    assertThat(raw("s-1")).isEqualTo(RecordCodec.encode(session));

    clock.advance(IDLE.dividedBy(20));
    a.round();
    assertThat(raw("s-1")).isEqualTo(RecordCodec.encode(session.usedAt(used)));

    clock.advance(Duration.ofMillis(used + IDLE.toMillis() - clock.millis() - 1));
    assertThat(b.find(idle, "s-1")).isInstanceOf(Found.class);
    clock.advance(Duration.ofMillis(1));
    assertThat(b.find(idle, "s-1")).isEqualTo(Missing.EXPIRED);
  }

  @Test
  void aLateRefreshDoesNotBringBackAClosedSession() {
    Session session = opened(a, idle, "s-1");
    a.sessions.beginUse(idle, session);
    b.close(idle, session);
    awaitMissing(a, idle, "s-1", Missing.CLOSED);

    clock.advance(IDLE.dividedBy(5));
    a.round();
    a.sessions.endUse(idle, session);
    a.round();

    assertThat(a.find(idle, "s-1")).isEqualTo(Missing.CLOSED);
    assertThat(b.find(idle, "s-1")).isEqualTo(Missing.CLOSED);
    assertThat(raw("s-1")).startsWith("2|c|");
    assertThat(listed(a, idle)).isEmpty();
  }

  @Test
  void aLateRefreshDoesNotBringBackASessionRedisForgot() {
    Session session = opened(a, idle, "s-1");
    a.sessions.beginUse(idle, session);
    command(Command.DEL, Keys.record(idle, "s-1"));

    clock.advance(IDLE.dividedBy(5));
    a.round();

    assertThat(raw("s-1")).isNull();
    assertThat(a.find(idle, "s-1")).isEqualTo(Missing.UNKNOWN);
  }

  @Test
  void ofTwoReplicasThatUseASessionTheLaterUseStays() {
    Session session = opened(a, idle, "s-1");
    clock.advance(IDLE.dividedBy(2));
    use(a, session);
    awaitUsedAt("s-1", clock.millis());

    clock.advance(IDLE.dividedBy(4));
    use(b, session);

    awaitUsedAt("s-1", clock.millis());
    use(a, session);
    a.round();
    assertThat(raw("s-1")).isEqualTo(RecordCodec.encode(session.usedAt(clock.millis())));
  }

  // Reaper

  @Test
  void ofTwoReapersOneClosesEachSessionOnItsContainer() {
    List<String> ids = IntStream.range(0, 40).mapToObj(i -> "s-" + i).toList();
    ids.forEach(id -> opened(a, chat, id));
    awaitIndexed(chat, 40);
    b.find(chat, "s-1");

    clock.advance(TTL);
    roundTogether();

    List<String> closed = new ArrayList<>(a.closedOnContainer);
    closed.addAll(b.closedOnContainer);
    assertThat(closed).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(a.told("ABSOLUTE") + b.told("ABSOLUTE")).isEqualTo(40);
    assertThat(indexed(chat)).isZero();
    assertThat(raw(chat, "s-1")).startsWith("2|a|");
    assertThat(b.find(chat, "s-1")).isEqualTo(Missing.EXPIRED);
  }

  @Test
  void anIdleSessionIsReaped() {
    opened(a, idle, "s-1");
    awaitIndexed(idle, 1);

    clock.advance(IDLE);
    b.round();

    assertThat(b.closedOnContainer).containsExactly("s-1");
    assertThat(b.told("IDLE")).isEqualTo(1);
  }

  @Test
  void aSessionThatWasRefreshedIsNotReapedThoughItsIndexIsLate() {
    Session session = opened(a, idle, "s-1");
    awaitIndexed(idle, 1);
    clock.advance(IDLE.dividedBy(2));
    use(a, session);
    awaitUsedAt("s-1", clock.millis());
    String index = Keys.index(idle, INSTANCE);
    command(Command.ZADD, index, String.valueOf(session.createdAt()), "s-1");

    b.round();

    assertThat(b.closedOnContainer).isEmpty();
    assertThat(command(Command.ZSCORE, index, "s-1").toDouble())
        .isEqualTo((double) (clock.millis() + IDLE.toMillis()));
  }

  @Test
  void theReaperMendsTheIndex() {
    String index = Keys.index(chat, INSTANCE);
    command(Command.ZADD, index, "1", "never-stored");
    command(Command.ZADD, index, "2", "elsewhere");
    command(Command.ZADD, index, "3", "!slot");
    command(Command.ZADD, index, "4", "unreadable");
    command(Command.SET, Keys.record(chat, "unreadable"), "garbage");
    a.open(chat, session("elsewhere", "10.9.9.9:8080", clock));

    b.round();

    assertThat(indexed(chat)).isZero();
    assertThat(b.closedOnContainer).as("Redis forgot its record").containsExactly("never-stored");
    assertThat(b.find(chat, "elsewhere")).isInstanceOf(Found.class);
  }

  @Test
  void howManyEndAtOnceDoesNotMatter() {
    List<String> ids = openedTogether(500);

    clock.advance(TTL);
    roundTogether();

    List<String> closed = new ArrayList<>(a.closedOnContainer);
    closed.addAll(b.closedOnContainer);
    assertThat(closed).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(a.told("ABSOLUTE") + b.told("ABSOLUTE")).isEqualTo(500);
    assertThat(indexed(chat)).isZero();
  }

  @Test
  void aFewAreClosedAtTheSameTime() {
    openedTogether(100);
    Set<CompletableFuture<Boolean>> calls = ConcurrentHashMap.newKeySet();
    AtomicInteger most = new AtomicInteger();
    a.container =
        session -> {
          CompletableFuture<Boolean> call = new CompletableFuture<>();
          calls.add(call);
          most.accumulateAndGet(calls.size(), Math::max);
          return call;
        };

    clock.advance(TTL);
    a.begin();
    Replica.await(
        "all closed",
        () -> {
          for (var all = calls.iterator(); all.hasNext(); ) {
            CompletableFuture<Boolean> call = all.next();
            all.remove();
            call.complete(true);
          }
          return a.told("ABSOLUTE") == 100;
        });

    assertThat(most.get()).isBetween(2, 8);
  }

  @Test
  void aContainerThatDoesNotAnswerIsLeftAloneForAWhileAndThenToldAll() {
    List<String> ids = openedTogether(100);
    b.close();
    a.container = session -> CompletableFuture.failedStage(new IllegalStateException("away"));

    clock.advance(TTL);
    a.round();
    int tried = a.closedOnContainer.size();
    assertThat(tried).isBetween(1, 8);
    a.round();
    assertThat(a.closedOnContainer).as("it rests").hasSize(tried);
    assertThat(a.told("ABSOLUTE")).isZero();

    a.container = session -> CompletableFuture.completedStage(true);
    clock.advance(Reaping.CLAIM_LIFE);
    a.round();
    assertThat(Set.copyOf(a.closedOnContainer)).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(a.told("ABSOLUTE")).isEqualTo(100);
    assertThat(indexed(chat)).isZero();
    b = replica().connected();
  }

  @Test
  void whatAReplicaClaimedAndDidNotDoAnotherDoes() {
    openedTogether(3);
    clock.advance(TTL);
    a.container = session -> new CompletableFuture<>();
    a.begin();
    Replica.await("a claimed them", () -> a.closedOnContainer.size() == 3);

    b.round();
    assertThat(b.closedOnContainer).isEmpty();
    clock.advance(Reaping.CLAIM_LIFE);
    b.round();

    assertThat(b.closedOnContainer).hasSize(3);
    assertThat(indexed(chat)).isZero();
  }

  @Test
  void anEndThatWasNotToldIsTold() {
    Session session = opened(a, idle, "s-1");
    awaitIndexed(idle, 1);
    clock.advance(IDLE);
    a.container = ended -> CompletableFuture.failedStage(new IllegalStateException("away"));
    a.round();
    assertThat(raw("s-1")).startsWith("2|i|");
    assertThat(indexed(idle)).isEqualTo(1);

    clock.advance(Reaping.CLAIM_LIFE);
    b.round();

    assertThat(b.closedOnContainer).containsExactly(session.id());
    assertThat(indexed(idle)).isZero();
  }

  @Test
  void anIndexLivesWhileThereIsSomethingToClose() {
    opened(a, chat, "s-1");
    awaitIndexed(chat, 1);
    a.container = session -> CompletableFuture.failedStage(new IllegalStateException("away"));
    command(Command.PEXPIRE, Keys.index(chat, INSTANCE), "30000");

    clock.advance(TTL);
    a.round();

    assertThat(millisToLive(Keys.index(chat, INSTANCE))).isGreaterThan(300_000);
  }

  @Test
  void sessionsThatEndLaterAreCountedWhileOthersExpire() {
    openedTogether(200);
    clock.advance(TTL.dividedBy(2));
    for (int i = 0; i < 12; i++) {
      opened(a, chat, "late-" + i);
    }
    awaitIndexed(chat, 212);
    clock.advance(TTL.dividedBy(2));

    roundTogether();

    assertThat(a.sessions.bound(chat, INSTANCE)).isEqualTo(12);
    assertThat(b.sessions.bound(chat, INSTANCE)).isEqualTo(12);
    roundTogether();
    assertThat(a.sessions.bound(chat, INSTANCE)).isEqualTo(12);
    assertThat(b.sessions.bound(chat, INSTANCE)).isEqualTo(12);
  }

  @Test
  void aRecordThatChangedSinceItWasReadIsNotEnded() {
    Parts parts = new Parts();
    Session read = opened(a, idle, "s-1");
    Session refreshed = read.usedAt(read.usedAt() + 5);
    Tombstone tombstone = new Tombstone(Missing.EXPIRED, clock.millis() + 60_000, null);
    Replica.get(parts.records.refresh(idle, read, refreshed));

    assertThat(Replica.get(parts.records.endUnchanged(idle, read, tombstone))).isFalse();
    assertThat(b.find(idle, "s-1")).isEqualTo(new Found(refreshed));

    assertThat(Replica.get(parts.records.endUnchanged(idle, refreshed, tombstone))).isTrue();
    assertThat(Replica.get(parts.records.endUnchanged(idle, refreshed, tombstone))).isFalse();
    awaitMissing(b, idle, "s-1", Missing.EXPIRED);
    parts.link.stop();
  }

  @Test
  void movingInTheIndexNeverAddsAndNeverGoesBack() {
    Parts parts = new Parts();
    Session session = session("s-1", clock);
    Replica.get(parts.index.move(idle, session, 9));
    assertThat(indexed(idle)).isZero();

    Replica.get(parts.index.add(idle, session, clock.millis() + 100));
    Replica.get(parts.index.move(idle, session, clock.millis() + 50));

    clock.advance(Duration.ofMillis(99));
    assertThat(look(parts)).isEqualTo(new Look(1, 0, 1));
    assertThat(claimed(parts)).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(look(parts)).isEqualTo(new Look(0, 1, 1));
    assertThat(claimed(parts)).containsExactly("s-1");
    assertThat(look(parts)).isEqualTo(new Look(0, 0, 1));
    assertThat(claimed(parts)).isEmpty();
    clock.advance(Duration.ofMinutes(1));
    assertThat(look(parts)).isEqualTo(new Look(0, 1, 1));
    assertThat(claimed(parts)).containsExactly("s-1");
    parts.link.stop();
  }

  // Slots, counts

  @Test
  void twoReplicasNeverReserveMoreThanThereIs() {
    List<Future<Slot>> wanted = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      wanted.add(a.sessions.reserve(chat, INSTANCE, 10));
      wanted.add(b.sessions.reserve(chat, INSTANCE, 10));
    }
    List<Slot> taken = wanted.stream().map(Replica::get).filter(Objects::nonNull).toList();
    assertThat(taken).hasSize(10);

    a.sessions.release(taken.getFirst());
    Replica.await("the slot is free", () -> indexed(chat) == 9);
    assertThat(Replica.get(b.sessions.reserve(chat, INSTANCE, 10))).isNotNull();
    assertThat(Replica.get(a.sessions.reserve(chat, INSTANCE, 10))).isNull();
  }

  @Test
  void openedSessionsTakeTheirPlaceAndSlotsFreeThemselves() {
    Slot slot = Replica.get(a.sessions.reserve(chat, INSTANCE, 2));
    opened(a, chat, "s-1");
    a.sessions.release(slot);
    awaitIndexed(chat, 1);
    assertThat(Replica.get(b.sessions.reserve(chat, INSTANCE, 2))).isNotNull();
    assertThat(Replica.get(a.sessions.reserve(chat, INSTANCE, 2))).isNull();

    clock.advance(Duration.ofMinutes(2));

    assertThat(Replica.get(a.sessions.reserve(chat, INSTANCE, 2))).isNotNull();
  }

  @Test
  void countsFollowOwnWorkAtOnceAndOthersSoon() {
    Session one = opened(a, chat, "s-1");
    opened(a, chat, "s-2");
    assertThat(a.sessions.bound(chat, INSTANCE)).isEqualTo(2);
    assertThat(b.sessions.bound(chat, INSTANCE)).isZero();

    b.round();
    assertThat(b.sessions.bound(chat, INSTANCE)).isEqualTo(2);

    a.close(chat, one);
    a.round();
    assertThat(a.sessions.bound(chat, INSTANCE)).isEqualTo(1);
    b.round();
    assertThat(b.sessions.bound(chat, INSTANCE)).isEqualTo(1);
    assertThat(b.sessions.bound(chat, "unheard-of")).isZero();
  }

  // Listing

  @Test
  void sessionsAreListedPageByPage() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String instance = i % 2 == 0 ? INSTANCE : "10.0.0.2:8080";
      ids.add(UUID.randomUUID().toString());
      a.open(chat, session(ids.getLast(), instance, clock));
    }
    Replica.get(a.sessions.reserve(chat, INSTANCE, 1000));

    List<String> listed = new ArrayList<>();
    String cursor = null;
    do {
      SessionListing.Page page =
          Replica.get(
              b.room
                  .listing()
                  .list(chat, List.of("10.0.0.2:8080", INSTANCE), Asker.ANYBODY, 47, cursor));
      page.sessions().forEach(session -> listed.add(session.id()));
      assertThat(page.sessions().size()).isLessThanOrEqualTo(47);
      cursor = page.cursor();
    } while (cursor != null);

    assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void listingLeavesOutAndRemovesWhatIsNotThere() {
    opened(a, chat, "here");
    opened(a, chat, "gone");
    opened(a, chat, "damaged");
    awaitIndexed(chat, 3);
    command(Command.DEL, Keys.record(chat, "gone"));
    command(Command.SET, Keys.record(chat, "damaged"), "2|?");

    assertThat(listed(b, chat)).containsExactly("here");
    Replica.await(
        "the index is mended",
        () -> command(Command.ZSCORE, Keys.index(chat, INSTANCE), "gone") == null);
  }

  @Test
  void senselessListingsAreRefused() {
    SessionListing listing = a.room.listing();

    assertThat(Replica.failure(listing.list(chat, List.of(INSTANCE), Asker.ANYBODY, 0, null)))
        .hasMessage("limit: 0 (expected: 1 to 1000)")
        .extracting(e -> e.kind())
        .isEqualTo(FailureKind.INVALID_REQUEST);
    assertThat(Replica.failure(listing.list(chat, List.of(INSTANCE), Asker.ANYBODY, 9, "?")).kind())
        .isEqualTo(FailureKind.INVALID_REQUEST);
    assertThat(
            Replica.get(listing.list("nowhere", List.of(INSTANCE), Asker.ANYBODY, 9, null))
                .sessions())
        .isEmpty();
  }

  // Damage

  @Test
  void anUnreadableRecordIsAnErrorAndNotAGuess() {
    command(Command.SET, Keys.record(chat, "s-1"), "1|garbage");

    assertThat(Replica.failure(a.sessions.find(chat, "s-1", Asker.ANYBODY)))
        .hasMessage("The session's record cannot be read.")
        .extracting(e -> e.kind())
        .isEqualTo(FailureKind.STORE_BROKE);
    assertThat(a.open(chat, session("s-1", clock))).isFalse();
  }

  @Test
  void scriptsAreToldAgainToARedisThatForgotThem() {
    Session session = opened(a, chat, "s-1");
    command(Command.SCRIPT, "FLUSH");

    a.close(chat, session);

    assertThat(b.find(chat, "s-1")).isEqualTo(Missing.CLOSED);
  }

  @Test
  void sessionsThatEndTogetherAreListedPageByPageThoughTheCursorsSessionIsGone() {
    List<String> ids = openedTogether(500);
    SessionListing listing = b.room.listing();
    List<String> listed = new ArrayList<>();
    String cursor = null;
    do {
      SessionListing.Page page =
          Replica.get(listing.list(chat, List.of(INSTANCE), Asker.ANYBODY, 150, cursor));
      page.sessions().forEach(session -> listed.add(session.id()));
      cursor = page.cursor();
      a.close(chat, page.sessions().getLast());
      Replica.await("its member is removed", () -> indexed(chat) < 500);
    } while (cursor != null);

    assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(listed).isSorted();
  }

  // Helpers

  /** Sessions that all end at one moment. */
  private List<String> openedTogether(int number) {
    List<String> ids = IntStream.range(0, number).mapToObj("s-%04d"::formatted).toList();
    Replica.get(
        Future.join(ids.stream().map(id -> a.sessions.open(chat, session(id, clock))).toList()));
    awaitIndexed(chat, number);
    return ids;
  }

  private Look look(Parts parts) {
    return Replica.get(parts.index.look(idle, INSTANCE, clock.millis()));
  }

  private List<String> claimed(Parts parts) {
    return Replica.get(parts.index.claim(idle, INSTANCE, Duration.ofMinutes(1), 10));
  }

  /** The room's inner parts on a connection of their own. */
  private final class Parts {
    final RedisLink link =
        new RedisLink(
            "parts",
            vertx,
            () -> new RedisClients(vertx, options()).apply("parts"),
            new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), new Random()),
            Replica.PATIENCE,
            connection -> Future.succeededFuture(),
            StoreEvents.NONE);
    final RedisCommands commands =
        new RedisCommands(
            link, Replica.PATIENCE, StoreEvents.NONE, new RedisErrors(() -> 0), () -> 0);
    final SessionRecords records =
        new SessionRecords(
            commands, new RecordCodec(text -> text), "parts", Duration.ofMinutes(10), clock);
    final SessionIndex index = new SessionIndex(commands, Duration.ofMinutes(10), clock);

    Parts() {
      link.start();
      Replica.await("connected to redis", link::up);
    }
  }

  private Session opened(Replica replica, String endpoint, String id) {
    Session session = session(id, clock);
    assertThat(replica.open(endpoint, session)).as("opened %s", id).isTrue();
    return session;
  }

  private void use(Replica replica, Session session) {
    replica.sessions.beginUse(idle, session);
    replica.sessions.endUse(idle, session);
  }

  private Replica replicaThatKnowsNothing() {
    b.close();
    b = replica().connected();
    return b;
  }

  private void roundTogether() {
    Thread other = Thread.ofVirtual().start(b::round);
    a.round();
    try {
      other.join(Replica.PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assertThat(other.isAlive()).isFalse();
  }

  private void awaitMissing(Replica replica, String endpoint, String id, Missing why) {
    Replica.await(id + " is " + why, () -> replica.find(endpoint, id) == why);
  }

  private void awaitUsedAt(String id, long moment) {
    Replica.await(
        "the use is written",
        () ->
            new RecordCodec(s -> s).decode(id, raw(id)) instanceof Stored.Live live
                && live.session().usedAt() == moment);
  }

  private void awaitIndexed(String endpoint, int members) {
    Replica.await("the index has " + members, () -> indexed(endpoint) == members);
  }

  private List<String> listed(Replica replica, String endpoint) {
    return Replica.get(
            replica.room.listing().list(endpoint, List.of(INSTANCE), Asker.ANYBODY, 100, null))
        .sessions()
        .stream()
        .map(Session::id)
        .toList();
  }

  private int indexed(String endpoint) {
    return command(Command.ZCARD, Keys.index(endpoint, INSTANCE)).toInteger();
  }

  private long millisToLive(String key) {
    return command(Command.PTTL, key).toLong();
  }

  private @Nullable String raw(String id) {
    return raw(idle, id);
  }

  private @Nullable String raw(String endpoint, String id) {
    Response value = command(Command.GET, Keys.record(endpoint, id));
    return value == null ? null : value.toString(StandardCharsets.UTF_8);
  }

  private @Nullable Response command(Command command, String... args) {
    Request request = Request.cmd(command);
    for (String arg : args) {
      request.arg(arg);
    }
    return Replica.get(redis.send(request));
  }
}
