package io.sessionrouter.container;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.telemetry.ExpiryMeters.Reason;
import io.sessionrouter.telemetry.RequestMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * When sessions end: as their container says, within what their endpoint allows. What the router
 * does not follow is counted, and logged the first time, since a session that ends too early is
 * noticed by its user only.
 */
public final class Expiries {
  private static final Logger LOG = Logger.getLogger(Expiries.class);

  /** Clocks differ by so much without being wrong. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

  /** Instances come and go; more than so many are not remembered. */
  private static final int MAX_REMEMBERED = 4096;

  private static final int MAX_SHOWN_LENGTH = 64;

  private final RequestMeters meters;
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  public Expiries(RequestMeters meters) {
    this.meters = meters;
  }

  /** The end of a session that begins now. */
  public Instant end(SessionHeader begun, Instance by, SessionSettings rules, Instant now) {
    Instant latest = now.plus(rules.maxTtl());
    String text = begun.expiry();
    if (text == null) {
      return latest;
    }
    Instant expires = ExpiryText.instant(text);
    if (expires == null) {
      count(by, Reason.UNREADABLE);
      if (firstOf("unreadable", by.endpoint(), by.id())) {
        LOG.warnf(
            "session expiry cannot be read endpoint=%s instance=%s reported=%s (expected: %s);"
                + " sessions.max-ttl holds",
            by.endpoint(), by.id(), shown(text), ExpiryText.EXPECTED);
      }
      return latest;
    }
    if (!expires.isAfter(now)) {
      count(by, Reason.PAST);
      if (firstOf("past", by.endpoint(), by.id())) {
        LOG.warnf(
            "session expiry is past endpoint=%s instance=%s reported=%s (expected: %s);"
                + " sessions.max-ttl holds",
            by.endpoint(), by.id(), shown(text), ExpiryText.EXPECTED);
      }
      return latest;
    }
    return expires.isAfter(latest) ? cut(expires, latest, by, rules.maxTtl(), now) : expires;
  }

  private Instant cut(Instant expires, Instant latest, Instance by, Duration maxTtl, Instant now) {
    if (expires.isAfter(latest.plus(CLOCK_TOLERANCE))) {
      count(by, Reason.CUT);
      if (firstOf("cut", by.endpoint(), "")) {
        LOG.warnf(
            "sessions end earlier than their container says endpoint=%s reported=%ds max-ttl=%ds"
                + " (expected: session-router.endpoints.%s.sessions.max-ttl as long as the"
                + " container's)",
            by.endpoint(),
            Duration.between(now, expires).toSeconds(),
            maxTtl.toSeconds(),
            by.endpoint());
      }
    }
    return latest;
  }

  private void count(Instance by, Reason reason) {
    meters.expiries(by.endpoint()).replaced(reason);
  }

  private boolean firstOf(String what, String endpoint, String instance) {
    return reported.size() < MAX_REMEMBERED && reported.add(what + ' ' + endpoint + ' ' + instance);
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN_LENGTH ? text : text.substring(0, MAX_SHOWN_LENGTH) + "…";
  }
}
