package io.sessionrouter.container;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The session a container began, as its response header reports: {@code <id>; Expires=<instant>}.
 *
 * @param expiry what the container said of its end; null if it said nothing
 * @param announced whether it can only be meant as a beginning: by its name, or by an expiry
 */
public record SessionHeader(String id, @Nullable String expiry, boolean announced) {
  static final AsciiString SESSION_ID = AsciiString.cached("X-Amzn-SageMaker-Session-Id");
  public static final AsciiString NEW_SESSION_ID =
      AsciiString.cached("X-Amzn-SageMaker-New-Session-Id");
  public static final AsciiString CLOSED_SESSION_ID =
      AsciiString.cached("X-Amzn-SageMaker-Closed-Session-Id");

  /** The whole value a client sees may have 256 characters, {@code ; Expires=…} among them. */
  private static final int MAX_NEW_ID = 226;

  /** What a request names to open a session. */
  public static final String NEW_SESSION = "NEW_SESSION";

  private static final String EXPIRES = "expires=";

  /**
   * The session that an answer begins: one that the request did not name. Both names of the header
   * are in use; the usual one is also an echo of the request's session.
   *
   * @param sent the session's id in the request, null if it went on with none
   * @param asked whether the request was to open one
   * @return null if it begins none
   * @throws RouterException of kind {@code MODEL_UNUSABLE} if it names several, or one whose id
   *     breaks the rules for ids
   */
  public static @Nullable SessionHeader begun(
      HttpHeaders answer, @Nullable String sent, boolean asked) {
    String usual = single(answer, SESSION_ID);
    String fresh = single(answer, NEW_SESSION_ID);
    SessionHeader one = usual == null ? null : other(parse(usual, false), sent);
    SessionHeader two = fresh == null ? null : other(parse(fresh, true), sent);
    if (one != null && two != null && !one.id.equals(two.id)) {
      throw several();
    }
    SessionHeader begun = two != null && (one == null || one.expiry == null) ? two : one;
    if (begun == null || isUsable(begun.id)) {
      return begun;
    }
    if (asked || begun.announced) {
      throw new RouterException(
          FailureKind.MODEL_UNUSABLE,
          "The model container began a session with an id that cannot be used (expected: letters,"
              + " digits and inner hyphens, at most 226 characters).");
    }
    return null;
  }

  /** The ids of all sessions that an answer may have begun, whether or not they can be used. */
  public static Set<String> named(HttpHeaders answer, @Nullable String sent) {
    Set<String> ids = new LinkedHashSet<>();
    for (AsciiString name : List.of(SESSION_ID, NEW_SESSION_ID)) {
      for (String value : answer.getAll(name)) {
        ids.add(parse(value, false).id);
      }
    }
    ids.remove("");
    ids.remove(sent);
    ids.remove(NEW_SESSION);
    ids.removeIf(id -> closes(answer, id));
    return ids;
  }

  /** Whether an answer says that the session has ended. */
  public static boolean closes(HttpHeaders answer, String id) {
    String closed = answer.get(CLOSED_SESSION_ID);
    return closed != null
        && (closed.strip().equals(id)
            || answer.getAll(CLOSED_SESSION_ID).stream().anyMatch(c -> c.strip().equals(id)));
  }

  /** Whether a client could go on with it. */
  public static boolean isUsable(String id) {
    return Ids.isName(id, MAX_NEW_ID);
  }

  private static @Nullable String single(HttpHeaders answer, AsciiString name) {
    String value = answer.get(name);
    if (value != null && answer.getAll(name).size() > 1) {
      throw several();
    }
    return value;
  }

  private static RouterException several() {
    return new RouterException(
        FailureKind.MODEL_UNUSABLE,
        "The model container named several sessions in one answer (expected: one).");
  }

  private static @Nullable SessionHeader other(SessionHeader named, @Nullable String sent) {
    return named.id.equals(sent) ? null : named;
  }

  private static SessionHeader parse(String value, boolean fresh) {
    int semicolon = value.indexOf(';');
    String id = (semicolon < 0 ? value : value.substring(0, semicolon)).strip();
    String expiry = semicolon < 0 ? null : expiry(value.substring(semicolon + 1));
    return new SessionHeader(id, expiry, fresh || expiry != null);
  }

  private static @Nullable String expiry(String attributes) {
    for (String attribute : attributes.split(";", -1)) {
      String text = attribute.strip();
      if (text.toLowerCase(Locale.ROOT).startsWith(EXPIRES)) {
        return text.substring(EXPIRES.length()).strip();
      }
    }
    return null;
  }

  /** What the client reads of a session that began. */
  public static String value(Session begun) {
    Instant expires = Instant.ofEpochMilli(begun.expiresAt()).truncatedTo(ChronoUnit.SECONDS);
    return begun.id() + "; Expires=" + expires;
  }
}
