package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The record of traffic: complete, sparse, and bounded. */
class TrafficHistoryTest {
  private static final int KEPT_SECONDS = (int) TrafficHistory.KEPT.toSeconds();

  private final TrafficHistory history = new TrafficHistory(Snapshots.START);

  private void add(int second, long requests, Double slowest) {
    history.add(Snapshots.at(second, Snapshots.requests(requests, slowest), Snapshots.NOTHING));
  }

  private List<Number[]> points(int second) {
    return history.until(at(second)).endpoints().getOrDefault(Snapshots.ENDPOINT, List.of());
  }

  private static Instant at(int second) {
    return Snapshots.START.plusSeconds(second);
  }

  @Test
  void aPointHasWhatHappenedInItsSecond() {
    add(1, 0, null);
    add(2, 3, 0.12345678);
    add(3, 1, null);

    assertThat(points(3)).hasSize(2);
    assertThat(points(3).getFirst()).containsExactly(2000L, 1.0, 3L, 0L, 0.1235, 0.1235);
    assertThat(points(3).getLast()).containsExactly(3000L, 1.0, 1L, 0L, null, null);
    assertThat(history.until(at(3)).since()).isEqualTo(Snapshots.START);
  }

  @Test
  void whatComesAsASnapshotIsNotInIt() {
    add(1, 1, null);
    add(2, 1, null);

    assertThat(points(1)).hasSize(1);
  }

  @Test
  void itForgetsWhatIsTooOld() {
    for (int second = 1; second <= KEPT_SECONDS + 10; second++) {
      add(second, 1, null);
    }

    assertThat(history.until(at(KEPT_SECONDS + 10)).since()).isEqualTo(at(10));
    assertThat(points(KEPT_SECONDS + 10)).hasSize(KEPT_SECONDS);
  }

  @Test
  void withTooManyPointsItIsShorterAndSaysSo() {
    int perSecond = 1_000;
    int seconds = TrafficHistory.MAX_POINTS / perSecond + 10;
    for (int second = 1; second <= seconds; second++) {
      for (int i = 0; i < perSecond; i++) {
        add(second, 1, null);
      }
    }

    assertThat(points(seconds)).hasSizeLessThanOrEqualTo(TrafficHistory.MAX_POINTS);
    assertThat(history.until(at(seconds)).since()).isEqualTo(at(10));
  }
}
