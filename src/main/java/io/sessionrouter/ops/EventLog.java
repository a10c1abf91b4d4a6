package io.sessionrouter.ops;

import io.sessionrouter.domain.Loss;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest events of this replica, the oldest first. */
final class EventLog {
  static final int MAX_EVENTS = 200;

  /** Sessions lost with one instance within this time are one event. */
  private static final Duration TOGETHER = Duration.ofMinutes(2);

  private final Deque<Entry> entries = new ArrayDeque<>();
  private final List<ConsoleEvent> added = new ArrayList<>();
  private long number;

  /**
   * @param what the sentence without its point, and without what was lost
   * @param how sessions were lost; null if the event is none that loses any
   */
  private record Entry(ConsoleEvent event, String what, @Nullable Loss how, long lost) {}

  /** About the router itself. */
  void add(Instant at, String what) {
    append(at, null, null, what, null, null, 0);
  }

  /** About an endpoint, or one instance of it. */
  void add(Instant at, String endpoint, @Nullable String instance, String what) {
    append(at, null, endpoint, what, instance, null, 0);
  }

  /**
   * An instance ended, or sessions were lost with it: both are one event.
   *
   * @param what what became of the instance
   * @param sessions that were lost, possibly none yet
   */
  void lost(Instant at, String endpoint, String instance, String what, Loss how, long sessions) {
    Entry before = earlier(at, endpoint, instance, how);
    if (before == null) {
      append(at, null, endpoint, what, instance, how, sessions);
    } else {
      entries.remove(before);
      long all = before.lost + sessions;
      ConsoleEvent replaced = before.event;
      added.remove(replaced);
      append(replaced.at(), replaced.number(), endpoint, before.what, instance, how, all);
    }
  }

  private @Nullable Entry earlier(Instant at, String endpoint, String instance, Loss how) {
    for (Entry entry : (Iterable<Entry>) entries::descendingIterator) {
      ConsoleEvent event = entry.event;
      if (event.at().plus(TOGETHER).isBefore(at)) {
        return null;
      }
      if (entry.how == how
          && endpoint.equals(event.endpoint())
          && instance.equals(event.instance())) {
        return entry;
      }
    }
    return null;
  }

  private void append(
      Instant at,
      @Nullable Long replaces,
      @Nullable String endpoint,
      String what,
      @Nullable String instance,
      @Nullable Loss how,
      long lost) {
    String subject = endpoint == null ? what : endpoint + ": " + what;
    String text = lost == 0 ? subject + "." : subject + "; " + Words.sessions(lost) + " lost.";
    ConsoleEvent event = new ConsoleEvent(++number, replaces, at, text, endpoint, instance);
    entries.addLast(new Entry(event, what, how, lost));
    added.add(event);
    if (entries.size() > MAX_EVENTS) {
      entries.removeFirst();
    }
  }

  /** All that are kept. */
  List<ConsoleEvent> all() {
    return entries.stream().map(Entry::event).toList();
  }

  /** Those that came since this was called before. */
  List<ConsoleEvent> takeAdded() {
    List<ConsoleEvent> taken = List.copyOf(added);
    added.clear();
    return taken;
  }
}
