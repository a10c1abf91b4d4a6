package io.sessionrouter.ops;

import io.sessionrouter.ops.ConsoleSnapshot.LiveEndpoint;
import io.sessionrouter.ops.ConsoleSnapshot.LiveTraffic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every endpoint did, second by second, for the last quarter of an hour.
 *
 * <p>Seconds without a request take no memory. With more points than may be kept, the record is
 * shorter, and says so.
 */
final class TrafficHistory {
  static final Duration KEPT = Duration.ofMinutes(15);
  static final int MAX_POINTS = 50_000;

  private final Deque<Point> points = new ArrayDeque<>();
  private Instant since;

  TrafficHistory(Instant since) {
    this.since = since;
  }

  /** One endpoint's traffic up to a moment. */
  private record Point(String endpoint, Instant at, float seconds, LiveTraffic traffic) {}

  synchronized void add(ConsoleSnapshot snapshot) {
    for (LiveEndpoint endpoint : snapshot.endpoints()) {
      LiveTraffic traffic = endpoint.traffic();
      if (traffic.requests() > 0 || traffic.firstBytes().count() > 0) {
        points.addLast(
            new Point(endpoint.name(), snapshot.at(), (float) snapshot.seconds(), traffic));
      }
    }
    forget(snapshot.at().minus(KEPT));
  }

  private void forget(Instant oldest) {
    if (since.isBefore(oldest)) {
      since = oldest;
    }
    while (points.size() > MAX_POINTS) {
      since = points.removeFirst().at;
    }
    while (!points.isEmpty() && !points.getFirst().at.isAfter(since)) {
      points.removeFirst();
    }
  }

  /** Up to a moment, for somebody who gets what comes after it as snapshots. */
  synchronized SentHistory until(Instant end) {
    Map<String, List<@Nullable Number[]>> sent = new TreeMap<>();
    for (Point point : points) {
      if (!point.at.isAfter(end)) {
        sent.computeIfAbsent(point.endpoint, e -> new ArrayList<>()).add(sent(point));
      }
    }
    return new SentHistory(since, sent);
  }

  private @Nullable Number[] sent(Point point) {
    LiveTraffic traffic = point.traffic;
    return new @Nullable Number[] {
      Duration.between(since, point.at).toMillis(),
      Math.round(point.seconds * 10) / 10.0,
      traffic.requests(),
      traffic.failures().values().stream().mapToLong(Long::longValue).sum(),
      rounded(traffic.firstBytes().p50()),
      rounded(traffic.firstBytes().slowest())
    };
  }

  /** To a tenth of a millisecond. */
  private static @Nullable Double rounded(@Nullable Double seconds) {
    return seconds == null ? null : Math.round(seconds * 10_000) / 10_000.0;
  }
}
