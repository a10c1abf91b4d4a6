package io.sessionrouter.gateway;

import io.netty.util.AsciiString;
import io.sessionrouter.container.Ids;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.upstream.Connections;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one event loop share: the pools, the clock, and the watch over their
 * deadlines.
 *
 * <p>Deadlines are looked at once a tick, by walking their list: a request pays for writing a
 * number, not for a timer.
 */
public final class EventLoopContext implements Runnable {
  private static final Logger LOG = Logger.getLogger(EventLoopContext.class);
  public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** So long a connection is idle before it is closed for the end: a request may be on its way. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RequestMeters meters;
  private final FleetView fleet;
  private final InstantSource clock;
  private final DataPortSettings http;
  private final Connections connections;
  private final Shutdown departure;
  private final LoopMemory memory;
  private final StepDeadlines deadlines;
  private final SplittableRandom random = new SplittableRandom();
  private @Nullable Deadline first;
  private AsciiString date = AsciiString.EMPTY_STRING;
  private long dateSecond;
  private long now = System.nanoTime();

  public EventLoopContext(
      RequestMeters meters,
      FleetView fleet,
      InstantSource clock,
      DataPortSettings http,
      Connections connections,
      Shutdown departure,
      LoopMemory memory) {
    this.meters = meters;
    this.fleet = fleet;
    this.clock = clock;
    this.http = http;
    this.connections = connections;
    this.departure = departure;
    this.memory = memory;
    this.deadlines = new StepDeadlines(http.bodyTimeout());
    readClock();
  }

  public DataPortSettings http() {
    return http;
  }

  Connections connections() {
    return connections;
  }

  StepDeadlines deadlines() {
    return deadlines;
  }

  public LoopMemory memory() {
    return memory;
  }

  /** The time of this turn of the watch. */
  public long now() {
    return now;
  }

  public AsciiString newRequestId() {
    return Ids.requestId(random);
  }

  /** The value of the {@code Date} header. */
  public AsciiString date() {
    return date;
  }

  /** A deadline that is not reached before the given time has passed, nor much later. */
  public long deadline(long nanos) {
    return now + TICK_NANOS + nanos;
  }

  /** Whether every response is the last of its connection. */
  public boolean leaving() {
    return departure.announced();
  }

  /**
   * Whether an idle connection is to be closed for the end.
   *
   * @param idleDeadline when it would be closed anyway
   */
  public boolean dismisses(long idleDeadline) {
    long idleSince = idleDeadline - http.idleTimeout().toNanos();
    return departure.closed() && now - idleSince >= QUIET_NANOS;
  }

  @Override
  public void run() {
    long before = now;
    readClock();
    meters.loopLate(now - before - TICK_NANOS);
    forEach(this::tick);
    connections.handOnUnfinished(now);
    memory.makeRoom();
    connections.expire(now);
    connections.retain(instance -> fleet.holds(instance));
  }

  /** One connection's fault must not end the watch over all others. */
  private void tick(Deadline deadline) {
    try {
      deadline.tick(now);
    } catch (RuntimeException fault) {
      LOG.error("A client connection failed at its deadline", fault);
      deadline.owner().close();
    }
  }

  private void readClock() {
    now = System.nanoTime();
    var instant = clock.instant();
    if (instant.getEpochSecond() != dateSecond) {
      dateSecond = instant.getEpochSecond();
      date =
          new AsciiString(
              DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC)));
    }
  }

  public void add(Deadline deadline) {
    deadline.link(null, first);
    if (first != null) {
      first.link(deadline, first.next());
    }
    first = deadline;
  }

  public void remove(Deadline deadline) {
    Deadline before = deadline.previous();
    Deadline after = deadline.next();
    if (before != null) {
      before.link(before.previous(), after);
    } else if (first == deadline) {
      first = after;
    }
    if (after != null) {
      after.link(before, after.next());
    }
    deadline.link(null, null);
  }

  /** Closes every connection. */
  public void closeAll() {
    forEach(deadline -> deadline.owner().close());
    connections.retain(instance -> false);
  }

  /** Ends every request under way with this failure, and every connection after it. */
  public void cutAll(RouterException why) {
    forEach(deadline -> deadline.owner().cut(why));
  }

  /** Each may remove itself. */
  private void forEach(Consumer<Deadline> what) {
    Deadline deadline = first;
    while (deadline != null) {
      Deadline next = deadline.next();
      what.accept(deadline);
      deadline = next;
    }
  }
}
