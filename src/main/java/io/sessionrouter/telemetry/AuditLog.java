package io.sessionrouter.telemetry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Who changed what by the management port, and who was refused there: one line for each, in a
 * category of its own. Keys and ids of sessions are never in it.
 *
 * <p>Refusals cost whoever is refused nothing, so only so many a second are written; the next line
 * says how many were not.
 */
@Singleton
public final class AuditLog {
  static final int MAX_REFUSALS_PER_SECOND = 20;

  private static final Logger LOG = Logger.getLogger("io.sessionrouter.audit");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_LENGTH = 200;

  /** What may stand in a name; anything else came from whoever was refused. */
  private static final Pattern UNUSUAL = Pattern.compile("[^A-Za-z0-9._:/\\[\\]@+=,-]");

  private final LongSupplier nanos;
  private long windowBegan;
  private int refused;
  private long unwritten;

  @Inject
  public AuditLog() {
    this(System::nanoTime);
  }

  AuditLog(LongSupplier nanos) {
    this.nanos = nanos;
    this.windowBegan = nanos.getAsLong();
  }

  /**
   * What somebody did or wanted to do.
   *
   * @param principal empty if it is not known, or callers are not distinguished
   * @param action as grants name it
   * @param object what it was done to
   * @param request the id that the answer had
   */
  public record Deed(String principal, String action, String object, String request) {}

  /**
   * It was allowed.
   *
   * @param outcome {@code done}, or a word for why it failed
   */
  public void done(Deed deed, String outcome) {
    write(deed, outcome, 0);
  }

  /**
   * It was refused.
   *
   * @param why a word
   */
  public void refused(Deed deed, String why) {
    long before = admit();
    if (before >= 0) {
      write(deed, why, before);
    }
  }

  /** How many refusals were not written before this one; -1 if this is not to be written either. */
  private synchronized long admit() {
    long now = nanos.getAsLong();
    if (now - windowBegan >= SECOND) {
      windowBegan = now;
      refused = 0;
    }
    if (refused == MAX_REFUSALS_PER_SECOND) {
      unwritten++;
      return -1;
    }
    refused++;
    long before = unwritten;
    unwritten = 0;
    return before;
  }

  private static void write(Deed deed, String outcome, long unwritten) {
    try (LogFields fields = new LogFields()) {
      fields
          .with("principal", shown(deed.principal))
          .with("action", shown(deed.action))
          .with("object", shown(deed.object))
          .with("request", deed.request)
          .with("outcome", outcome)
          .with("unwritten", unwritten == 0 ? null : unwritten);
      LOG.infof("audit %s", fields);
    }
  }

  private static String shown(String text) {
    String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
    return UNUSUAL.matcher(cut).replaceAll("?");
  }
}
