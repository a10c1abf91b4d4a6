package io.sessionrouter.auth.signature;

import io.sessionrouter.domain.RouterException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * When a request was signed.
 *
 * @param text as it is signed: yyyyMMddTHHmmssZ
 */
record SigningDate(String text, Instant at) {
  /** How far clocks may be apart. */
  static final Duration SKEW = Duration.ofMinutes(15);

  private static final DateTimeFormatter BASIC =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final int LENGTH = 16;
  private static final int DAY_LENGTH = 8;

  /** Reads ISO 8601's basic form, as {@code X-Amz-Date} has it. */
  static SigningDate parse(String text) {
    boolean shaped =
        text.length() == LENGTH && text.charAt(DAY_LENGTH) == 'T' && text.charAt(LENGTH - 1) == 'Z';
    try {
      return new SigningDate(text, at(shaped ? text : ""));
    } catch (DateTimeException | IndexOutOfBoundsException e) {
      throw malformed(text);
    }
  }

  private static Instant at(String text) {
    return LocalDateTime.of(
            number(text, 0, 4),
            number(text, 4, 6),
            number(text, 6, 8),
            number(text, 9, 11),
            number(text, 11, 13),
            number(text, 13, 15))
        .toInstant(ZoneOffset.UTC);
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new DateTimeException("no digit");
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /** Reads what a header {@code Date} may have besides: that of HTTP. */
  static SigningDate parseHttp(String text) {
    try {
      Instant at = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
      return new SigningDate(BASIC.format(at), at);
    } catch (DateTimeException e) {
      return parse(text);
    }
  }

  private static RouterException malformed(String text) {
    return Refusals.incomplete(
        "Date must be in ISO-8601 'basic format'. Got '"
            + text
            + "'. See http://en.wikipedia.org/wiki/ISO_8601");
  }

  /** Refuses a request that was signed too long ago, or that will be signed. */
  void requireNear(Instant now) {
    requireNotBefore(now.minus(SKEW), now);
    Instant latest = now.plus(SKEW);
    if (at.isAfter(latest)) {
      throw Refusals.invalid(
          "Signature not yet current: %s is still later than %s (%s + 15 min.)"
              .formatted(text, BASIC.format(latest), BASIC.format(now)));
    }
  }

  private void requireNotBefore(Instant earliest, Instant now) {
    if (at.isBefore(earliest)) {
      throw Refusals.invalid(
          "Signature expired: %s is now earlier than %s (%s - 15 min.)"
              .formatted(text, BASIC.format(earliest), BASIC.format(now)));
    }
  }

  /** Refuses a token that has been valid from this date on, for so long. */
  void requireWithin(Duration validity, Instant now) {
    Instant end = at.plus(validity);
    if (end.isBefore(now)) {
      throw Refusals.invalid(
          "Signature expired: %s is now earlier than %s"
              .formatted(BASIC.format(end), BASIC.format(now)));
    }
    if (at.isAfter(now.plus(SKEW))) {
      requireNear(now);
    }
  }

  /** Refuses a scope of another day. */
  void requireDay(String day) {
    if (!text.startsWith(day) || day.length() != DAY_LENGTH) {
      throw Refusals.invalid(
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from"
              + " HTTP: '%s' != '%s', from '%s'."
                  .formatted(day, text.substring(0, DAY_LENGTH), text));
    }
  }
}
