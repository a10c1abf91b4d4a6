package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CountsTest {
  private final Counts counts = new Counts();

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

    counts.counted("i", 10, mark);

    assertThat(counts.bound("i")).isEqualTo(11);
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
