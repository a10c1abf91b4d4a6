package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.LoadMarks.Key;
import io.sessionrouter.domain.LoadMarks.Mark;
import io.sessionrouter.testing.RedisProcess;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two replicas publish to each other of loads, through a real Redis. */
class LoadMarksTest {
  private static final Key KEY = new Key("zoo", "main", "team/a|b.tar.gz");
  private static final Duration LIFE = Duration.ofSeconds(30);
  private static RedisProcess redis;
  private static SharedMarks one;
  private static SharedMarks two;

  @BeforeAll
  static void connect() {
    redis = RedisProcess.start();
    one = new SharedMarks(redis.options());
    two = new SharedMarks(redis.options());
  }

  @AfterAll
  static void disconnect() {
    one.close();
    two.close();
    redis.close();
  }

  @BeforeEach
  void forget() {
    try (var client = redis.client()) {
      client.flushAll();
    }
  }

  private static Mark get(CompletionStage<Mark> stage) {
    return stage.toCompletableFuture().join();
  }

  private static void eventually(LoadMarks marks, Mark expected) {
    Replica.await(expected.toString(), () -> get(marks.read(KEY)).equals(expected));
  }

  @Test
  void onlyOneLoadIsUnderWay() {
    assertThat(get(one.marks().claim(KEY, "x", "i1", LIFE))).isEqualTo(LoadMarks.FREE);
    assertThat(get(two.marks().claim(KEY, "y", "i2", LIFE))).isEqualTo(new Mark.Loading("i1"));
    assertThat(get(one.marks().claim(KEY, "x", "i3", LIFE))).isEqualTo(LoadMarks.FREE);
    assertThat(get(two.marks().read(KEY))).isEqualTo(new Mark.Loading("i3"));

    two.marks().release(KEY, "y");
    assertThat(get(one.marks().read(KEY))).isEqualTo(new Mark.Loading("i3"));
    one.marks().release(KEY, "x");

    eventually(two.marks(), LoadMarks.FREE);
    assertThat(get(two.marks().claim(KEY, "y", "i2", LIFE))).isEqualTo(LoadMarks.FREE);
  }

  @Test
  void aFailureIsToldUntilItsTimeIsOver() {
    Mark.Failed why =
        new Mark.Failed(
            FailureKind.MODEL_LOAD_FAILED,
            507,
            "no | memory",
            System.currentTimeMillis() + LIFE.toMillis());
    get(one.marks().claim(KEY, "x", "i1", LIFE));
    two.marks().failed(KEY, "y", why);
    assertThat(get(two.marks().read(KEY))).isEqualTo(new Mark.Loading("i1"));

    one.marks().failed(KEY, "x", why);

    eventually(two.marks(), why);
    assertThat(get(two.marks().claim(KEY, "y", "i2", LIFE))).isEqualTo(why);
    try (var client = redis.client()) {
      assertThat(client.pttl(Keys.load("zoo", "main", "team/a|b.tar.gz"))).isBetween(1L, 30_000L);
    }
  }

  @Test
  void aClaimEndsByItself() {
    get(one.marks().claim(KEY, "x", "i1", Duration.ofMillis(50)));

    eventually(two.marks(), LoadMarks.FREE);
  }

  @Test
  void whatCannotBeReadIsNothingSaid() {
    for (String text :
        new String[] {"L|x", "F|1|NO_SUCH_KIND|0|text", "F|soon|INTERNAL|0|t", "?"}) {
      try (var client = redis.client()) {
        client.set(Keys.load("zoo", "main", "team/a|b.tar.gz"), text);
      }
      assertThat(get(one.marks().read(KEY))).isEqualTo(LoadMarks.FREE);
    }
  }

  @Test
  void whereRedisIsAwayItFails() {
    try (RedisProcess gone = RedisProcess.start();
        SharedMarks marks = new SharedMarks(gone.options())) {
      gone.kill();
      assertThat(marks.marks().claim(KEY, "x", "i1", LIFE).toCompletableFuture())
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableThat()
          .withCauseInstanceOf(StoreUnavailable.class);
    }
  }
}
