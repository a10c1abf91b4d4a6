package io.sessionrouter.gateway;

import io.netty.util.AsciiString;
import io.sessionrouter.container.Ids;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.upstream.Connections;
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
 * <p>Deadlines are looked at once a tick, by walking the connections: a request pays for writing a
 * number, not for a timer.
 */
final class EventLoopContext implements Runnable {
  private static final Logger LOG = Logger.getLogger(EventLoopContext.class);
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** So long a connection is idle before it is closed for the end: a request may be on its way. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PathDependencies services;
  private final DataPortSettings http;
  private final Connections connections;
  private final Shutdown departure;
  private final LoopMemory memory;
  private final HeadParser heads = new HeadParser();
  private final SplittableRandom random = new SplittableRandom();
  private @Nullable ClientConnection first;
  private AsciiString date = AsciiString.EMPTY_STRING;
  private long dateSecond;
  private long now = System.nanoTime();

  EventLoopContext(
      PathDependencies services,
      DataPortSettings http,
      Connections connections,
      Shutdown departure,
      LoopMemory memory) {
    this.services = services;
    this.http = http;
    this.connections = connections;
    this.departure = departure;
    this.memory = memory;
    readClock();
  }

  PathDependencies services() {
    return services;
  }

  DataPortSettings http() {
    return http;
  }

  Connections connections() {
    return connections;
  }

  LoopMemory memory() {
    return memory;
  }

  HeadParser heads() {
    return heads;
  }

  /** The time of this turn of the watch. */
  long now() {
    return now;
  }

  AsciiString newRequestId() {
    return Ids.requestId(random);
  }

  /** The value of the {@code Date} header. */
  AsciiString date() {
    return date;
  }

  /** A deadline that is not reached before the given time has passed, nor much later. */
  long deadline(long nanos) {
    return now + TICK_NANOS + nanos;
  }

  /** Whether every response is the last of its connection. */
  boolean leaving() {
    return departure.announced();
  }

  /**
   * Whether an idle connection is to be closed for the end.
   *
   * @param idleDeadline when it would be closed anyway
   */
  boolean dismisses(long idleDeadline) {
    long idleSince = idleDeadline - http.idleTimeout().toNanos();
    return departure.closed() && now - idleSince >= QUIET_NANOS;
  }

  @Override
  public void run() {
    long before = now;
    readClock();
    services.meters().loopLate(now - before - TICK_NANOS);
    forEach(this::tick);
    connections.handOnUnfinished(now);
    memory.makeRoom();
    connections.expire(now);
    connections.retain(instance -> services.fleet().holds(instance));
  }

  /** One connection's fault must not end the watch over all others. */
  private void tick(ClientConnection connection) {
    try {
      connection.tick(now);
    } catch (RuntimeException fault) {
      LOG.error("A client connection failed at its deadline", fault);
      connection.close();
    }
  }

  private void readClock() {
    now = System.nanoTime();
    var instant = services.clock().instant();
    if (instant.getEpochSecond() != dateSecond) {
      dateSecond = instant.getEpochSecond();
      date =
          new AsciiString(
              DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC)));
    }
  }

  void add(ClientConnection connection) {
    connection.link(null, first);
    if (first != null) {
      first.link(connection, first.following());
    }
    first = connection;
  }

  void remove(ClientConnection connection) {
    ClientConnection before = connection.preceding();
    ClientConnection after = connection.following();
    if (before != null) {
      before.link(before.preceding(), after);
    } else if (first == connection) {
      first = after;
    }
    if (after != null) {
      after.link(before, after.following());
    }
    connection.link(null, null);
  }

  /** Closes every connection. */
  void closeAll() {
    forEach(ClientConnection::close);
    connections.retain(instance -> false);
  }

  /** Ends every request under way with this failure, and every connection after it. */
  void cutAll(RouterException why) {
    forEach(connection -> connection.cut(why));
  }

  /** Each may remove itself. */
  private void forEach(Consumer<ClientConnection> what) {
    ClientConnection connection = first;
    while (connection != null) {
      ClientConnection following = connection.following();
      what.accept(connection);
      connection = following;
    }
  }
}
