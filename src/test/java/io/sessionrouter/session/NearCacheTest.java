package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.testing.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NearCacheTest {
  private final MutableClock clock = new MutableClock();
  private final NearCache cache = new NearCache(100, clock);
  private final Session session = session("s-1", clock);
  private final Remembered found = Remembered.Live.of(session);
  private final Remembered closed = new Remembered.Ended(Missing.CLOSED, "");

  private long inOneMinute() {
    return clock.millis() + 60_000;
  }

  @Test
  void whatWasLearnedIsRemembered() {
    cache.learn("s-1", found, inOneMinute(), cache.stamp("s-1"));

    assertThat(cache.get("s-1")).isSameAs(found);
    assertThat(cache.get("s-12")).isNull();
  }

  @Test
  void aReplyOvertakenByNewsIsNotRemembered() {
    long stamp = cache.stamp("s-1");

    cache.forget("s-1");
    cache.learn("s-1", found, inOneMinute(), stamp);

    assertThat(cache.get("s-1")).isNull();
  }

  @Test
  void aReplyFromBeforeABreakInTheNewsIsNotRemembered() {
    long stamp = cache.stamp("s-1");

    cache.forgetAll();
    cache.learn("s-1", found, inOneMinute(), stamp);

    assertThat(cache.get("s-1")).isNull();
  }

  @Test
  void aReplyDoesNotUndoWhatThisReplicaDidMeanwhile() {
    long stamp = cache.stamp("s-1");

    cache.did("s-1", closed, inOneMinute());
    cache.learn("s-1", found, inOneMinute(), stamp);

    assertThat(cache.get("s-1")).isEqualTo(closed);
  }

  @Test
  void entriesEndAtTheirOwnMoment() {
    cache.learn("s-1", found, inOneMinute(), cache.stamp("s-1"));
    cache.did("s-2", closed, inOneMinute() + 1);

    clock.advance(Duration.ofMinutes(1));

    assertThat(cache.get("s-1")).isNull();
    assertThat(cache.get("s-2")).isEqualTo(closed);
    clock.advance(Duration.ofMillis(1));
    assertThat(cache.get("s-2")).isNull();
  }

  @Test
  void whatIsOverIsNotRememberedAtAll() {
    cache.learn("s-1", found, clock.millis(), cache.stamp("s-1"));

    assertThat(cache.get("s-1")).isNull();
    assertThat(cache.size()).isZero();
  }

  @Test
  void aRefreshReplacesTheSameSessionAndKeepsItsEnd() {
    cache.learn("s-1", found, inOneMinute(), cache.stamp("s-1"));
    Session later = session.usedAt(session.usedAt() + 5);

    cache.refreshed(later);
    assertThat(cache.get("s-1")).isEqualTo(Remembered.Live.of(later));
    cache.refreshed(session);
    assertThat(cache.get("s-1")).isEqualTo(Remembered.Live.of(later));

    clock.advance(Duration.ofMinutes(1));
    assertThat(cache.get("s-1")).isNull();
  }

  @Test
  void aRefreshBringsNothingBack() {
    cache.refreshed(session);
    assertThat(cache.get("s-1")).isNull();

    cache.did("s-1", closed, inOneMinute());
    cache.refreshed(session);
    assertThat(cache.get("s-1")).isEqualTo(closed);
  }

  @Test
  void aRefreshOfAnotherSessionWithThisIdChangesNothing() {
    cache.learn("s-1", found, inOneMinute(), cache.stamp("s-1"));

    cache.refreshed(session("s-1", "10.9.9.9:8080", clock));

    assertThat(cache.get("s-1")).isSameAs(found);
  }

  @Test
  void itsSizeIsBounded() {
    for (int i = 0; i < 10_000; i++) {
      Session one = session("s-" + i, clock);
      cache.learn(one.id(), Remembered.Live.of(one), inOneMinute(), cache.stamp(one.id()));
    }

    assertThat(cache.size()).isLessThanOrEqualTo(100);
  }
}
