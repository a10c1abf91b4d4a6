package io.sessionrouter.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff =
      new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2), new Random(1));

  @Test
  void itDoublesUpToItsBound() {
    assertThat(backoff.afterFailures(1)).isBetween(25L, 50L);
    assertThat(backoff.afterFailures(2)).isBetween(50L, 100L);
    assertThat(backoff.afterFailures(4)).isBetween(200L, 400L);
    assertThat(backoff.afterFailures(10)).isBetween(1000L, 2000L);
    assertThat(backoff.afterFailures(Integer.MAX_VALUE)).isBetween(1000L, 2000L);
  }

  @Test
  void itIsNeverQuiteTheSame() {
    long different = LongStream.range(0, 100).map(i -> backoff.afterFailures(9)).distinct().count();

    assertThat(different).isGreaterThan(50);
  }
}
