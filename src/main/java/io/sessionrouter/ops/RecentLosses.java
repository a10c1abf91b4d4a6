package io.sessionrouter.ops;

import io.sessionrouter.session.LossCounts.Lost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which sessions this replica found lost in the last five minutes. */
final class RecentLosses {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final int MAX_KEPT = 10_000;

  private final Deque<At> losses = new ArrayDeque<>();

  private record At(Instant at, Lost lost) {}

  /**
   * What was lost of one endpoint.
   *
   * @param instance that all were lost with; null if there were several
   */
  record Sum(long sessions, @Nullable String instance) {}

  void add(Instant now, List<Lost> found) {
    found.forEach(lost -> losses.addLast(new At(now, lost)));
    while (!losses.isEmpty()
        && (losses.size() > MAX_KEPT || losses.getFirst().at.plus(KEPT).isBefore(now))) {
      losses.removeFirst();
    }
  }

  Sum of(String endpoint) {
    long sessions = 0;
    Set<String> instances = new HashSet<>();
    for (At one : losses) {
      if (one.lost.endpoint().equals(endpoint)) {
        sessions += one.lost.sessions();
        instances.add(one.lost.instance());
      }
    }
    return new Sum(sessions, instances.size() == 1 ? instances.iterator().next() : null);
  }
}
