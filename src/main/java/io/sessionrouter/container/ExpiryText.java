package io.sessionrouter.container;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/** The ways in which containers write when a session ends. */
final class ExpiryText {
  static final String EXPECTED = "a time such as 2026-01-31T12:00:00Z";

  /** As ISO 8601 has it, and as Python's {@code isoformat} and {@code str} write it. */
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter();

  private ExpiryText() {}

  /** The moment that is meant, in UTC where no zone is named; null if it cannot be read. */
  static @Nullable Instant instant(String text) {
    Instant iso = iso(text);
    return iso == null ? date(text) : iso;
  }

  private static @Nullable Instant iso(String text) {
    try {
      return switch (ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from)) {
        case OffsetDateTime zoned -> zoned.toInstant();
        case LocalDateTime naive -> naive.toInstant(ZoneOffset.UTC);
        default -> null;
      };
    } catch (DateTimeException unreadable) {
      return null;
    }
  }

  /** As cookies have it. */
  private static @Nullable Instant date(String text) {
    try {
      return DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
    } catch (DateTimeException unreadable) {
      return null;
    }
  }
}
