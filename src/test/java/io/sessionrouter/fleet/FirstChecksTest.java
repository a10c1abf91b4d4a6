package io.sessionrouter.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FirstChecksTest {
  private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);
  private final FirstChecks first = new FirstChecks(() -> now);

  private LongStream delays(int members) {
    return LongStream.generate(first::delayMillis).limit(members);
  }

  @Test
  void aFewBeginAtOnce() {
    assertThat(delays(2)).containsOnly(0L);
  }

  /** The clock's numbers overflow meanwhile. */
  @Test
  void thousandsAreSpread() {
    long[] delays = delays(4000).toArray();

    assertThat(delays).isSorted().endsWith(1999);
    assertThat(LongStream.of(delays).filter(delay -> delay >= 500 && delay < 600).count())
        .as("in a tenth of a second")
        .isEqualTo(200);
  }

  @Test
  void whatComesLaterDoesNotWaitForWhatHasBegun() {
    delays(4000).forEach(delay -> {});
    now += TimeUnit.SECONDS.toNanos(3);

    assertThat(first.delayMillis()).isZero();
  }
}
