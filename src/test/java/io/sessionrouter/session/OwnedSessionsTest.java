package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.INSTANCE;
import static io.sessionrouter.session.TestSessions.TTL;
import static io.sessionrouter.session.TestSessions.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.Sessions.OwnerSlot;
import io.sessionrouter.testing.MutableClock;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Sessions and principals over a real Redis: two replicas agree on whose is what. */
class OwnedSessionsTest {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final AtomicInteger ENDPOINTS = new AtomicInteger();
  private static final Asker OWNER = Asker.owner("notebook");
  private static final Asker STRANGER = Asker.owner("stranger");
  private static final Asker OPERATOR = new Asker("operator", true);
  private static RedisProcess redis;
  private static Vertx vertx;

  private final MutableClock clock = new MutableClock();
  private final String chat = "owned-" + ENDPOINTS.incrementAndGet();
  private Replica a;
  private Replica b;

  @BeforeAll
  static void startRedis() {
    redis = RedisProcess.start();
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopRedis() {
    Replica.get(vertx.close());
    redis.close();
  }

  @BeforeEach
  void startReplicas() {
    a = replica();
    b = replica();
  }

  @AfterEach
  void stopReplicas() {
    a.close();
    b.close();
  }

  private Replica replica() {
    Replica replica =
        new Replica(vertx, redis.options(), clock, SessionOptions.DEFAULTS, endpoint(chat, IDLE));
    replica.instances.add(INSTANCE);
    return replica.connected();
  }

  private Session session(String id, String owner) {
    long now = clock.millis();
    return new Session(id, INSTANCE, "boot", "main", "", owner, now, now + TTL.toMillis(), now);
  }

  private Session opened(String id, String owner) {
    Session session = session(id, owner);
    assertThat(a.open(chat, session)).isTrue();
    return session;
  }

  @Test
  void itsOwnerFindsItOnEveryReplica() {
    Session session = opened("s-1", "notebook");

    assertThat(a.find(chat, "s-1", OWNER)).isEqualTo(new Found(session));
    assertThat(b.find(chat, "s-1", OWNER)).isEqualTo(new Found(session));
    assertThat(b.sessions.cached(chat, "s-1", OWNER)).isEqualTo(new Found(session));
  }

  @Test
  void toOthersItIsUnknown() {
    opened("s-1", "notebook");

    assertThat(a.find(chat, "s-1", STRANGER)).isEqualTo(Missing.UNKNOWN);
    assertThat(b.find(chat, "s-1", STRANGER)).isEqualTo(Missing.UNKNOWN);
  }

  @Test
  void memoryAnswersAStrangerNoSoonerThanOfAnUnknownOne() {
    opened("s-1", "notebook");
    b.find(chat, "s-1", OWNER);

    assertThat(a.sessions.cached(chat, "s-1", STRANGER)).isNull();
    assertThat(b.sessions.cached(chat, "s-1", STRANGER)).isNull();
    assertThat(b.sessions.cached(chat, "never", STRANGER)).isNull();
  }

  @Test
  void aStrangerCostsAsManyCommandsAsForAnUnknownOne() {
    opened("s-1", "notebook");
    b.find(chat, "s-1", OWNER);

    assertThat(commandsOf("s-1")).isEqualTo(commandsOf("never")).isEqualTo(1);
  }

  private long commandsOf(String id) {
    try (Jedis jedis = redis.client()) {
      jedis.configResetStat();
      b.find(chat, id, STRANGER);
      b.find(chat, id, STRANGER);
      b.find(chat, id, STRANGER);
      String gets =
          jedis
              .info("commandstats")
              .lines()
              .filter(l -> l.startsWith("cmdstat_get:"))
              .findAny()
              .orElseThrow();
      return Long.parseLong(gets.replaceAll("[^:]*:calls=(\\d+),.*", "$1")) / 3;
    }
  }

  @Test
  void aStrangersLookUpsDisturbNothing() {
    Session session = opened("s-1", "notebook");
    a.find(chat, "s-1", STRANGER);

    assertThat(a.sessions.cached(chat, "s-1", OWNER)).isEqualTo(new Found(session));
  }

  @Test
  void howItEndedIsItsOwners() {
    Session closed = opened("closed", "notebook");
    a.close(chat, closed);
    Session lost = opened("lost", "notebook");
    Replica.get(a.sessions.lose(chat, lost, Loss.GONE));
    opened("expired", "notebook");
    clock.advance(TTL);

    for (Replica replica : List.of(a, b)) {
      assertThat(replica.find(chat, "closed", OWNER)).isEqualTo(Missing.CLOSED);
      assertThat(replica.find(chat, "lost", OWNER)).isEqualTo(Missing.LOST);
      assertThat(replica.find(chat, "expired", OWNER)).isEqualTo(Missing.EXPIRED);
      assertThat(replica.find(chat, "closed", STRANGER)).isEqualTo(Missing.UNKNOWN);
      assertThat(replica.find(chat, "lost", STRANGER)).isEqualTo(Missing.UNKNOWN);
      assertThat(replica.find(chat, "expired", STRANGER)).isEqualTo(Missing.UNKNOWN);
      assertThat(replica.sessions.cached(chat, "closed", STRANGER)).isNull();
    }
    assertThat(b.find(chat, "closed", OPERATOR)).isEqualTo(Missing.CLOSED);
  }

  @Test
  void whatIsRememberedOfItsEndIsItsOwners() {
    a.close(chat, opened("s-1", "notebook"));
    EndedSessions ended = b.room.ended();

    assertThat(Replica.get(ended.findEnded(chat, "s-1", STRANGER))).isNull();
    assertThat(Objects.requireNonNull(Replica.get(ended.findEnded(chat, "s-1", OWNER))).why())
        .isEqualTo(Missing.CLOSED);
    assertThat(Replica.get(ended.findEnded(chat, "s-1", OPERATOR))).isNotNull();
  }

  @Test
  void nobodyContinuesWhatNobodyOwns() {
    Session session = opened("s-1", "");

    assertThat(a.find(chat, "s-1", OWNER)).isEqualTo(Missing.UNKNOWN);
    assertThat(b.find(chat, "s-1", OWNER)).isEqualTo(Missing.UNKNOWN);
    assertThat(b.find(chat, "s-1", OPERATOR)).isEqualTo(new Found(session));
    assertThat(b.find(chat, "s-1", Asker.ANYBODY)).isEqualTo(new Found(session));
  }

  @Test
  void withoutRedisAStrangerLearnsNothing() {
    opened("s-1", "notebook");
    RedisProcess away = RedisProcess.start();
    try (Replica alone =
        new Replica(vertx, away.options(), clock, SessionOptions.DEFAULTS, endpoint(chat, IDLE))) {
      alone.connected();
      Session session = session("s-2", "notebook");
      assertThat(alone.open(chat, session)).isTrue();
      away.close();

      Replica.await(
          "Redis is missed",
          () ->
              Replica.failure(alone.sessions.find(chat, "never", STRANGER)).kind()
                  == FailureKind.STORE_UNAVAILABLE);
      assertThat(Replica.failure(alone.sessions.find(chat, "s-2", STRANGER)).kind())
          .isEqualTo(FailureKind.STORE_UNAVAILABLE);
      assertThat(alone.find(chat, "s-2", OWNER)).isEqualTo(new Found(session));
    }
  }

  // Listing

  @Test
  void everyoneListsItsOwn() {
    opened("s-1", "notebook");
    opened("s-2", "stranger");
    opened("s-3", "");
    awaitOwned("notebook", 1);
    awaitOwned("stranger", 1);

    assertThat(listed(OWNER)).containsExactly("s-1");
    assertThat(listed(STRANGER)).containsExactly("s-2");
    Replica.await("all are indexed", () -> listed(OPERATOR).size() == 3);
    assertThat(listed(OPERATOR)).containsExactlyInAnyOrder("s-1", "s-2", "s-3");
  }

  @Test
  void pagesAndTheirCursorsNameNothingOfOthers() {
    IntStream.range(0, 30).forEach(i -> opened("mine-" + i, "notebook"));
    IntStream.range(0, 30).forEach(i -> opened("theirs-" + i, "stranger"));
    awaitOwned("notebook", 30);
    List<String> listed = new ArrayList<>();
    String cursor = null;
    do {
      SessionListing.Page page = page(OWNER, List.of(INSTANCE), 7, cursor);
      page.sessions().forEach(session -> listed.add(session.id()));
      cursor = page.cursor();
      if (cursor != null) {
        assertThat(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8))
            .contains("mine-");
      }
    } while (cursor != null);

    assertThat(listed).hasSize(30).doesNotHaveDuplicates().allMatch(id -> id.startsWith("mine-"));
  }

  @Test
  void itsListingKeepsToTheInstancesAskedFor() {
    opened("s-1", "notebook");
    awaitOwned("notebook", 1);

    assertThat(page(OWNER, List.of("10.9.9.9:8080"), 9, null).sessions()).isEmpty();
  }

  @Test
  void itsListingMendsTheIndex() {
    opened("here", "notebook");
    opened("gone", "notebook");
    awaitOwned("notebook", 2);
    try (Jedis jedis = redis.client()) {
      jedis.del(Keys.record(chat, "gone"));
    }

    assertThat(listed(OWNER)).containsExactly("here");
    awaitOwned("notebook", 1);
  }

  // Slots

  @Test
  void aPrincipalHasSoManyAcrossReplicas() {
    opened("s-1", "notebook");
    awaitOwned("notebook", 1);
    List<Future<OwnerSlot>> wanted = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      wanted.add((i % 2 == 0 ? a : b).sessions.reserveFor(chat, "notebook", 5));
    }

    assertThat(wanted.stream().map(Replica::get).filter(Objects::nonNull)).hasSize(4);
    assertThat(Replica.get(b.sessions.reserveFor(chat, "stranger", 5))).isNotNull();
  }

  @Test
  void aSlotReleasedIsFreeAgain() {
    OwnerSlot slot = Replica.get(a.sessions.reserveFor(chat, "notebook", 1));
    assertThat(Replica.get(b.sessions.reserveFor(chat, "notebook", 1))).isNull();

    a.sessions.release(slot);

    assertThat(Replica.get(a.sessions.reserveFor(chat, "notebook", 1))).isNotNull();
  }

  @Test
  void aSlotFreesItselfAfterAWhile() {
    assertThat(Replica.get(a.sessions.reserveFor(chat, "notebook", 1))).isNotNull();

    clock.advance(Duration.ofSeconds(91));

    assertThat(Replica.get(b.sessions.reserveFor(chat, "notebook", 1))).isNotNull();
  }

  @Test
  void theSlotOfASessionThatOpenedIsTheSessions() {
    OwnerSlot slot = Replica.get(a.sessions.reserveFor(chat, "notebook", 1));
    Session session = opened("s-1", "notebook");
    a.sessions.release(slot);

    assertThat(Replica.get(a.sessions.reserveFor(chat, "notebook", 1))).isNull();
    a.close(chat, session);
    assertThat(Replica.get(a.sessions.reserveFor(chat, "notebook", 1))).isNotNull();
  }

  @Test
  void everyEndOfASessionFreesItsPlace() {
    Session lost = opened("lost", "notebook");
    awaitOwned("notebook", 1);
    Replica.get(a.sessions.lose(chat, lost, Loss.GONE));
    awaitOwned("notebook", 0);

    opened("idle", "notebook");
    awaitOwned("notebook", 1);
    clock.advance(IDLE);
    a.round();
    awaitOwned("notebook", 0);
    assertThat(a.find(chat, "idle", OWNER)).isEqualTo(Missing.EXPIRED);
  }

  @Test
  void aSessionNobodyEndedFreesItsPlaceByItsAbsoluteEnd() {
    opened("s-1", "notebook");
    awaitOwned("notebook", 1);

    clock.advance(TTL);

    assertThat(Replica.get(b.sessions.reserveFor(chat, "notebook", 1))).isNotNull();
  }

  @Test
  void aRecordThatVanishedFreesItsPlaceOnceItIsMissed() {
    opened("gone", "notebook");
    awaitOwned("notebook", 1);
    try (Jedis jedis = redis.client()) {
      jedis.del(Keys.record(chat, "gone"));
    }

    assertThat(Replica.get(b.sessions.reserveFor(chat, "notebook", 1))).isNull();

    Replica.await(
        "the place is free", () -> Replica.get(b.sessions.reserveFor(chat, "notebook", 1)) != null);
  }

  @Test
  void sessionsOfPrincipalsAreCountedForMetrics() {
    opened("s-1", "notebook");
    Session second = opened("s-2", "notebook");
    opened("s-3", "stranger");
    opened("s-4", "");
    awaitOwned("notebook", 2);
    awaitOwned("stranger", 1);
    b.find(chat, "s-3", STRANGER);

    a.round();
    b.round();

    assertThat(a.owned).isEqualTo(Map.of(chat + " notebook", 2L, chat + " stranger", 1L));
    assertThat(b.owned).isEqualTo(Map.of(chat + " stranger", 1L));

    a.close(chat, second);
    awaitOwned("notebook", 1);
    a.round();
    assertThat(a.owned).containsEntry(chat + " notebook", 1L);
  }

  @Test
  void whatNobodyOwnsHasNoIndex() {
    opened("s-1", "");
    Replica.await("it is indexed", () -> listed(OPERATOR).size() == 1);

    try (Jedis jedis = redis.client()) {
      assertThat(jedis.exists(Keys.owned(chat, ""))).isFalse();
    }
  }

  private List<String> listed(Asker asker) {
    return page(asker, List.of(INSTANCE), 100, null).sessions().stream().map(Session::id).toList();
  }

  private SessionListing.Page page(Asker asker, List<String> instances, int limit, String cursor) {
    return Replica.get(b.room.listing().list(chat, instances, asker, limit, cursor));
  }

  private void awaitOwned(String owner, long members) {
    Replica.await(
        owner + " has " + members,
        () -> {
          try (Jedis jedis = redis.client()) {
            return jedis.zcard(Keys.owned(chat, owner)) == members;
          }
        });
  }
}
