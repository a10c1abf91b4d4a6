package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.session.SessionIndex.Look;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionCountersTest {
  private final SessionCounters counts = new SessionCounters();

  @Test
  void ownChangesCountAtOnce() {
    counts.change("i", 1);
    counts.change("i", 1);
    counts.change("i", -1);

    assertThat(counts.bound("i")).isEqualTo(1);
    assertThat(counts.bound("other")).isZero();
  }

  @Test
  void whatHappenedAfterTheQuestionIsAddedToTheAnswer() {
    counts.change("i", 1);
    long mark = counts.mark("i");
    counts.change("i", 1);

    counts.counted("i", new Look(10, 0, 10), mark, 100);

    assertThat(counts.bound("i")).isEqualTo(11);
  }

  @Test
  void whatRedisLeftOutIsNotSubtractedAgain() {
    counts.counted("i", new Look(12, 30, 42), counts.mark("i"), 100);

    counts.ended("i", 99);
    counts.ended("i", 100);
    assertThat(counts.bound("i")).isEqualTo(12);

    counts.ended("i", 101);
    assertThat(counts.bound("i")).isEqualTo(11);
  }

  @Test
  void onlyWhatMayHaveChangedIsAskedForAgain() {
    assertThat(counts.stale("i", 0)).as("never asked").isTrue();
    counts.counted("i", new Look(0, 0, 0), counts.mark("i"), 100);
    assertThat(counts.stale("i", 99)).isFalse();
    assertThat(counts.stale("i", 100)).as("asked long ago").isTrue();

    counts.announced("i");
    assertThat(counts.stale("i", 99)).as("announced").isTrue();
    counts.counted("i", new Look(0, 0, 1), counts.mark("i"), 100);
    assertThat(counts.stale("i", 99)).as("claimed members").isTrue();
    counts.counted("i", new Look(0, 0, 0), counts.mark("i"), 100);
    counts.change("i", 1);
    assertThat(counts.stale("i", 99)).as("own change").isTrue();
  }

  @Test
  void thereIsNoCountBelowNothing() {
    counts.change("i", -1);

    assertThat(counts.bound("i")).isZero();
  }

  @Test
  void instancesThatLeftAreDropped() {
    counts.change("i", 1);
    counts.change("j", 1);

    counts.retain(List.of("j"));

    assertThat(counts.bound("i")).isZero();
    assertThat(counts.bound("j")).isEqualTo(1);
  }
}
