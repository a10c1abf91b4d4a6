package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.Fault;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Pattern;

/** What a request's session header says. */
sealed interface SessionHeader {
  /** The header of requests, and of answers that open or continue a session. */
  String NAME = "X-Amzn-SageMaker-Session-Id";

  /** The header of answers that close one. */
  String CLOSED = "X-Amzn-SageMaker-Closed-Session-Id";

  /** The header by which a session router asks for a new one. */
  String ROUTER = "X-Session-Router-Session";

  /** No session is meant. */
  record None() implements SessionHeader {}

  /** A session is to be opened. */
  record New() implements SessionHeader {}

  /** An open session is meant. */
  record Existing(String id) implements SessionHeader {}

  /**
   * Reads the headers as they came, with all their values.
   *
   * @param own of {@link #NAME}
   * @param router of {@link #ROUTER}
   */
  static SessionHeader parse(List<String> own, List<String> router) {
    SessionHeader named =
        switch (own.size()) {
          case 0 -> new None();
          case 1 -> Format.parse(own.getFirst());
          default -> throw Format.bad();
        };
    if (router.isEmpty()) {
      return named;
    }
    if (!router.equals(List.of("new")) || named instanceof Existing) {
      throw Fault.INVALID_REQUEST.because(
          "%s is not valid (expected: new, and no session in %s)", ROUTER, NAME);
    }
    return new New();
  }

  /** The value that reports to a client its new session and when it ends. */
  static String opened(String id, Instant expires) {
    return id + "; Expires=" + Format.EXPIRES.format(expires);
  }

  /** How ids and times are written. */
  final class Format {
    private static final int LONGEST = 256;
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9](-*[a-zA-Z0-9])*");
    private static final DateTimeFormatter EXPIRES =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private Format() {}

    private static SessionHeader parse(String value) {
      if (value.equals("NEW_SESSION")) {
        return new New();
      }
      if (value.length() > LONGEST || !ID.matcher(value).matches()) {
        throw bad();
      }
      return new Existing(value);
    }

    private static RuntimeException bad() {
      return Fault.INVALID_REQUEST.because(
          "%s is not valid (expected: NEW_SESSION, or one session id of letters, digits and"
              + " inner hyphens, at most %d long)",
          NAME, LONGEST);
    }
  }
}
