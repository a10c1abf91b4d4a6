package io.sessionrouter.ops;

import io.sessionrouter.domain.Loss;
import io.sessionrouter.ops.ConsoleSnapshot.LiveEndpoint;
import io.sessionrouter.session.LossCounts.Lost;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this replica remembers of the fleet for people who look later: its events, its traffic and
 * what it lost. It completes each snapshot by what follows from those before it.
 *
 * <p>Snapshots are completed by one thread at a time; {@link #history} may be asked by any.
 */
final class FleetRecord {
  private final EventLog events = new EventLog();
  private final FleetChanges changes = new FleetChanges(events);
  private final RecentLosses losses = new RecentLosses();
  private final TrafficHistory history;
  private @Nullable ConsoleSnapshot before;

  FleetRecord(Instant startedAt) {
    this.history = new TrafficHistory(startedAt);
    events.add(startedAt, "The router started");
  }

  /**
   * A snapshot with its verdict, and with the events since the one before.
   *
   * @param lost sessions that were found lost since then
   */
  ConsoleSnapshot complete(ConsoleSnapshot now, List<Lost> lost) {
    if (before != null) {
      changes.report(before, now);
    }
    lost.forEach(one -> report(now, one));
    losses.add(now.at(), lost);
    history.add(now);
    before = now;
    return now.judged(Verdict.of(now, losses), events.takeAdded());
  }

  private void report(ConsoleSnapshot now, Lost lost) {
    String what = named(now, lost) + ending(lost.how());
    events.lost(now.at(), lost.endpoint(), lost.instance(), what, lost.how(), lost.sessions());
  }

  private static String named(ConsoleSnapshot now, Lost lost) {
    return now.endpoints().stream()
        .filter(endpoint -> endpoint.name().equals(lost.endpoint()))
        .map(LiveEndpoint::instances)
        .flatMap(List::stream)
        .filter(instance -> instance.id().equals(lost.instance()))
        .map(InstanceView::shownName)
        .findFirst()
        .orElse(lost.instance());
  }

  private static String ending(Loss how) {
    return switch (how) {
      case GONE -> " is gone";
      case RESTARTED -> " restarted";
      case LEFT -> " left the fleet";
    };
  }

  /** All events that are kept, the oldest first. */
  List<ConsoleEvent> events() {
    return events.all();
  }

  /** The traffic up to a moment. */
  SentHistory history(Instant until) {
    return history.until(until);
  }
}
