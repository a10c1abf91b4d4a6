package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The session a container began, as its response header tells: {@code <id>; Expires=<instant>}.
 *
 * @param expires null if the container told none, or nothing that can be read
 */
record SessionHeader(String id, @Nullable Instant expires) {
  static final AsciiString SESSION_ID = AsciiString.cached("X-Amzn-SageMaker-Session-Id");
  static final AsciiString NEW_SESSION_ID = AsciiString.cached("X-Amzn-SageMaker-New-Session-Id");
  static final AsciiString CLOSED_SESSION_ID =
      AsciiString.cached("X-Amzn-SageMaker-Closed-Session-Id");

  /** The whole value a client sees may have 256 characters, {@code ; Expires=…} among them. */
  private static final int MAX_NEW_ID = 226;

  private static final String EXPIRES = "expires=";

  /**
   * Reads the header of an answer to a {@code NEW_SESSION}; both names are in use.
   *
   * @return null if the container answered without a session
   * @throws RouterException of kind {@code MODEL_UNUSABLE} if the id breaks the rules for ids
   */
  static @Nullable SessionHeader opened(HttpHeaders answer) {
    String value = answer.get(SESSION_ID);
    if (value == null) {
      value = answer.get(NEW_SESSION_ID);
    }
    return value == null ? null : parse(value);
  }

  private static SessionHeader parse(String value) {
    int semicolon = value.indexOf(';');
    String id = (semicolon < 0 ? value : value.substring(0, semicolon)).strip();
    if (!Ids.isName(id, MAX_NEW_ID) || Invocation.NEW_SESSION.equals(id)) {
      throw new RouterException(
          FailureKind.MODEL_UNUSABLE,
          "The model container began a session with an id that cannot be used (expected: letters,"
              + " digits and inner hyphens, at most 226 characters).");
    }
    return new SessionHeader(id, semicolon < 0 ? null : expires(value.substring(semicolon + 1)));
  }

  private static @Nullable Instant expires(String attributes) {
    for (String attribute : attributes.split(";", -1)) {
      String text = attribute.strip();
      if (text.toLowerCase(Locale.ROOT).startsWith(EXPIRES)) {
        return instant(text.substring(EXPIRES.length()).strip());
      }
    }
    return null;
  }

  private static @Nullable Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException unreadable) {
      return null;
    }
  }

  /**
   * The session to be stored.
   *
   * @param epoch the boot of the instance its state belongs to
   * @param model the target model, or empty
   */
  Session toSession(Instance holder, String epoch, String model, Instant now, Duration maxTtl) {
    long created = now.toEpochMilli();
    return new Session(
        id,
        holder.id(),
        epoch,
        holder.variant(),
        model,
        "",
        created,
        expiresWithin(now, maxTtl).toEpochMilli(),
        created);
  }

  /**
   * When the session ends: what the container said, unless that is past or later than the endpoint
   * allows (containers are known to write local time).
   */
  private Instant expiresWithin(Instant now, Duration maxTtl) {
    Instant latest = now.plus(maxTtl);
    return expires == null || !expires.isAfter(now) || expires.isAfter(latest) ? latest : expires;
  }

  /** What the client reads of a session that began. */
  static String value(Session begun) {
    Instant expires = Instant.ofEpochMilli(begun.expiresAt()).truncatedTo(ChronoUnit.SECONDS);
    return begun.id() + "; Expires=" + expires;
  }
}
