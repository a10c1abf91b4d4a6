package io.sessionrouter.auth.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.auth.quota.Share.Rate;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  /** Nanos may be anything, and overflow. */
  private long now = Long.MAX_VALUE - SECOND;

  private final TokenBucket bucket = new TokenBucket(now);

  private int take(Rate rate, int wanted) {
    int taken = 0;
    for (int i = 0; i < wanted; i++) {
      taken += bucket.take(rate, now) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void aBurstAtOnceAndThenTheRate() {
    Rate rate = new Rate(10, 50);

    assertThat(take(rate, 100)).isEqualTo(50);
    now += SECOND;
    assertThat(take(rate, 100)).isEqualTo(10);
    now += SECOND / 10;
    assertThat(take(rate, 100)).isEqualTo(1);
    now += 1000 * SECOND;
    assertThat(take(rate, 100)).isEqualTo(50);
  }

  @Test
  void aRateBelowOneASecond() {
    Rate rate = new Rate(0.5, 1);

    assertThat(take(rate, 3)).isEqualTo(1);
    now += SECOND;
    assertThat(take(rate, 3)).isZero();
    now += SECOND;
    assertThat(take(rate, 3)).isEqualTo(1);
  }

  @Test
  void aLargeBodyIsTakenAndLeavesADebt() {
    Rate rate = new Rate(1000, 1000);

    assertThat(bucket.has(rate, now)).isTrue();
    bucket.charge(rate, 5000, now);
    assertThat(bucket.has(rate, now)).isFalse();
    now += 4 * SECOND;
    assertThat(bucket.has(rate, now)).isFalse();
    now += SECOND / 100;
    assertThat(bucket.has(rate, now)).isTrue();
  }

  @Test
  void aDebtEnds() {
    Rate rate = new Rate(1, 1);

    bucket.charge(rate, Long.MAX_VALUE, now);
    bucket.charge(rate, Long.MAX_VALUE, now);

    assertThat(bucket.has(rate, now)).isFalse();
    now += 3601 * SECOND;
    assertThat(bucket.has(rate, now)).isTrue();
  }

  @Test
  void anotherRateKeepsWhatIsMissing() {
    Rate slow = new Rate(10, 10);
    Rate fast = new Rate(100, 10);
    assertThat(take(slow, 8)).isEqualTo(8);

    bucket.change(slow, fast, now);

    assertThat(take(fast, 10)).isEqualTo(2);
    now += SECOND / 10;
    assertThat(take(fast, 20)).isEqualTo(10);
  }

  @Test
  void aFullBucketStaysFullUnderAnotherRate() {
    Rate rate = new Rate(10, 10);
    assertThat(bucket.full(now)).isTrue();

    bucket.change(rate, new Rate(1, 3), now);

    assertThat(bucket.full(now)).isTrue();
    assertThat(take(new Rate(1, 3), 9)).isEqualTo(3);
  }
}
