package io.sessionrouter.session;

import static io.sessionrouter.session.TestSessions.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Session;
import io.sessionrouter.session.LastUses.Due;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Idle timeout 100 s, so a write at most every 10 s. */
class LastUsesTest {
  private static final long START = 1_000_000;
  private static final long GAP = 10_000;

  private final LastUses uses = new LastUses(Duration.ofSeconds(100), 3);
  private final Session session = session("s-1", "i", START, START + 1_000_000);

  @Test
  void aUseSoonAfterTheLastWriteIsNotWrittenYet() {
    assertThat(uses.begin(session, START + GAP - 2)).isNull();
    assertThat(uses.end("s-1", START + GAP - 1)).isNull();
    assertThat(uses.due(START + GAP - 1)).isEmpty();
    assertThat(uses.lastUse("s-1", START + GAP)).isEqualTo(START + GAP - 1);
  }

  @Test
  void butWhenItsTimeComesWithItsOwnMoment() {
    uses.begin(session, START + 3);
    uses.end("s-1", START + 4);

    assertThat(uses.due(START + GAP)).containsExactly(new Due(session, START + 4));
  }

  @Test
  void aUseLongAfterTheLastWriteIsWrittenAtOnce() {
    assertThat(uses.begin(session, START + GAP)).isEqualTo(new Due(session, START + GAP));
  }

  @Test
  void nothingIsWrittenTwiceAtATime() {
    uses.begin(session, START + GAP);

    assertThat(uses.begin(session, START + GAP + 1)).isNull();
    assertThat(uses.due(START + 2 * GAP)).isEmpty();
  }

  @Test
  void aRunningUseIsDueAgainAndAgain() {
    uses.begin(session, START);

    for (long now = START + GAP; now < START + 20 * GAP; now += GAP) {
      Session written = now == START + GAP ? session : session.usedAt(now - GAP);
      assertThat(uses.due(now)).containsExactly(new Due(written, now));
      uses.wrote("s-1", session.usedAt(now));
      assertThat(uses.lastUse("s-1", now + 7)).isEqualTo(now + 7);
    }
  }

  @Test
  void ofTwoUsesTheLastToEndCounts() {
    uses.begin(session, START);
    uses.begin(session, START);
    uses.end("s-1", START + 1);

    assertThat(uses.lastUse("s-1", START + 50)).isEqualTo(START + 50);
    uses.end("s-1", START + 60);
    assertThat(uses.lastUse("s-1", START + 70)).isEqualTo(START + 60);
  }

  @Test
  void whatIsWrittenAndNotInUseIsDropped() {
    uses.begin(session, START + GAP);
    uses.end("s-1", START + GAP);
    uses.wrote("s-1", session.usedAt(START + GAP));

    assertThat(uses.size()).isZero();
    assertThat(uses.lastUse("s-1", START + GAP)).isZero();
  }

  @Test
  void whatCouldNotBeWrittenStaysDue() {
    uses.begin(session, START + GAP);
    uses.end("s-1", START + GAP + 1);
    uses.failed("s-1");

    assertThat(uses.due(START + 2 * GAP)).containsExactly(new Due(session, START + GAP + 1));
  }

  @Test
  void anEndedSessionIsNotWrittenAndKeepsNothingAlive() {
    uses.begin(session, START);
    uses.over("s-1");

    assertThat(uses.due(START + 5 * GAP)).isEmpty();
    assertThat(uses.lastUse("s-1", START + 5 * GAP)).isZero();
    assertThat(uses.end("s-1", START + 5 * GAP)).isNull();
    assertThat(uses.size()).isZero();
  }

  @Test
  void whenTooManyWaitTheyAreWrittenAtOnceOrGivenUp() {
    for (int i = 0; i < 3; i++) {
      uses.begin(session("s-" + i, "i", START, START + 1), START + 1);
      assertThat(uses.end("s-" + i, START + 2)).isNull();
    }
    Session fourth = session("s-4", "i", START, START + 1);
    uses.begin(fourth, START + 1);

    assertThat(uses.end("s-4", START + 2)).isEqualTo(new Due(fourth, START + 2));
    uses.failed("s-4");
    assertThat(uses.size()).isEqualTo(3);
  }

  @Test
  void atTheEndEverythingIsWritten() {
    uses.begin(session, START + 1);
    uses.end("s-1", START + 2);

    assertThat(uses.unwritten(START + 3)).containsExactly(new Due(session, START + 2));
  }

  @Test
  void theEndOfAUseThatNeverBeganIsNothing() {
    assertThat(uses.end("s-1", START)).isNull();
    assertThat(uses.size()).isZero();
  }
}
