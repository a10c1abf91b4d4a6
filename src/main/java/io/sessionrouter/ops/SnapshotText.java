package io.sessionrouter.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as text, whole and as what changed since the one before; each is written only if
 * somebody is told it.
 */
final class SnapshotText {
  private final long number;
  private final ConsoleSnapshot snapshot;
  private final @Nullable ConsoleSnapshot before;
  private final ObjectMapper json;
  private @Nullable String whole;
  private @Nullable String changes;

  private SnapshotText(
      long number, ConsoleSnapshot snapshot, @Nullable ConsoleSnapshot before, ObjectMapper json) {
    this.number = number;
    this.snapshot = snapshot;
    this.before = before;
    this.json = json;
  }

  static SnapshotText first(ConsoleSnapshot snapshot, ObjectMapper json) {
    return new SnapshotText(1, snapshot, null, json);
  }

  SnapshotText next(ConsoleSnapshot next) {
    return new SnapshotText(number + 1, next, snapshot, json);
  }

  /** Counts from 1, for as long as somebody watches. */
  long number() {
    return number;
  }

  synchronized String whole() {
    if (whole == null) {
      whole = text(snapshot);
    }
    return whole;
  }

  /** For who knows the one before. */
  synchronized String changes() {
    if (before == null) {
      return whole();
    }
    if (changes == null) {
      changes = text(snapshot.since(before));
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
