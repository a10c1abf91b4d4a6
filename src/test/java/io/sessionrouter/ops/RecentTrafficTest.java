package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.ops.SnapshotSource.Counted;
import io.sessionrouter.telemetry.Traffic;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The last minute, from counts that only grow. */
class RecentTrafficTest {
  private final RecentTraffic recent = new RecentTraffic();

  private Traffic minute(int second, long requests, double slowest) {
    Traffic counted =
        new Traffic(requests, Map.of(), Map.of(), Traffic.NONE.firstBytes(), 0, Map.of(), slowest);
    return recent
        .add(new Counted(TimeUnit.SECONDS.toNanos(second), Map.of("chat", counted)))
        .get("chat");
  }

  @Test
  void nothingHappenedBeforeTheFirstReading() {
    assertThat(minute(0, 100, 7).requests()).isZero();
  }

  @Test
  void itSumsUpTheLastMinute() {
    minute(0, 100, 0);
    assertThat(minute(1, 103, 0).requests()).isEqualTo(3);
    for (int second = 2; second <= 60; second++) {
      minute(second, 103, 0);
    }
    assertThat(minute(61, 104, 0).requests()).isBetween(1L, 4L);
    for (int second = 62; second <= 200; second++) {
      minute(second, 104, 0);
    }

    assertThat(minute(201, 104, 0).requests()).isZero();
  }

  @Test
  void theSlowestIsThatOfTheMinuteAndNotOlder() {
    minute(0, 0, 0);
    assertThat(minute(1, 1, 11.4).slowest()).isEqualTo(11.4);
    assertThat(minute(2, 2, 0.1).slowest()).isEqualTo(11.4);
    for (int second = 3; second <= 90; second++) {
      minute(second, second, 0.1);
    }

    assertThat(minute(91, 91, 0.1).slowest()).isEqualTo(0.1);
  }
}
