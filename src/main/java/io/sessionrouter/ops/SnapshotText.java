package io.sessionrouter.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as text: with all that came before it, whole, and as what changed since the one
 * before. Each is written only if somebody gets it.
 */
final class SnapshotText {
  private final long number;
  private final ConsoleSnapshot snapshot;
  private final @Nullable ConsoleSnapshot before;
  private final FleetRecord record;
  private final List<ConsoleEvent> events;
  private final ObjectMapper json;
  private @Nullable String beginning;
  private @Nullable String whole;
  private @Nullable String changes;

  private SnapshotText(
      long number,
      ConsoleSnapshot snapshot,
      @Nullable ConsoleSnapshot before,
      FleetRecord record,
      ObjectMapper json) {
    this.number = number;
    this.snapshot = snapshot;
    this.before = before;
    this.record = record;
    this.events = record.events();
    this.json = json;
  }

  /**
   * @param record that has completed the snapshot
   */
  static SnapshotText first(ConsoleSnapshot snapshot, FleetRecord record, ObjectMapper json) {
    return new SnapshotText(1, snapshot, null, record, json);
  }

  SnapshotText next(ConsoleSnapshot next) {
    return new SnapshotText(number + 1, next, snapshot, record, json);
  }

  /** Counts from 1. */
  long number() {
    return number;
  }

  /** For who knows nothing yet. */
  synchronized String beginning() {
    if (beginning == null) {
      beginning = text(snapshot.with(events, record.history(snapshot.at())));
    }
    return beginning;
  }

  /** For who has missed some. */
  synchronized String whole() {
    if (whole == null) {
      whole = text(snapshot.with(events, null));
    }
    return whole;
  }

  /** For who knows the one before. */
  synchronized String changes() {
    if (changes == null) {
      ConsoleSnapshot less = before == null ? null : snapshot.since(before);
      changes = less == null ? whole() : text(less);
    }
    return changes;
  }

  private String text(ConsoleSnapshot written) {
    try {
      return json.writeValueAsString(written);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
