package io.sessionrouter.session;

import io.sessionrouter.session.StoreEvents.Failure;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Probes Redis end to end: says something on this replica's own channel over the command
 * connection, and listens for it on the subscription.
 *
 * <p>Whoever receives the probe has received everything that was published before it. So a probe
 * that came back is a lease: what this replica remembers is current as of the moment at which the
 * probe was sent, and is trusted for a short while from then on. A process that was paused, or
 * whose subscription brings nothing any more, finds its lease run out, without having to notice
 * why.
 *
 * <p>A connection can be dead without a sign: the peer vanished, a fail-over left it behind, a
 * cluster node was cut off. Two unanswered probes in a row, or three that were answered but not
 * received, and the connection in question is dialled again.
 */
final class Heartbeat implements StoreHealth {
  private static final int UNANSWERED_LIMIT = 2;
  private static final int UNHEARD_LIMIT = 3;

  /** Beats that a lease lasts: one may be late. */
  private static final int LEASE_BEATS = 3;

  private static final long NOT_YET = Long.MIN_VALUE;

  private final RedisCommands commands;
  private final RedisLink commandLink;
  private final RedisLink subscription;
  private final WriteProbe writes;
  private final String echo;
  private final LongSupplier nanos;
  private final long leaseNanos;
  private final long pauseNanos;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger unheard = new AtomicInteger();
  private final AtomicLong currentAsOf = new AtomicLong(NOT_YET);
  private volatile boolean refused;
  private volatile @Nullable Throwable lastFailure;

  Heartbeat(
      RedisCommands commands,
      RedisLink commandLink,
      RedisLink subscription,
      WriteProbe writes,
      String replica,
      SessionOptions options,
      LongSupplier nanos) {
    this.commands = commands;
    this.commandLink = commandLink;
    this.subscription = subscription;
    this.writes = writes;
    this.echo = Keys.echo(replica);
    this.nanos = nanos;
    this.leaseNanos = lease(options).toNanos();
    this.pauseNanos = options.commandTimeout().multipliedBy(2).toNanos();
  }

  /** How old what this replica remembers may be while Redis can be asked. */
  static Duration lease(SessionOptions options) {
    return options.heartbeat().multipliedBy(LEASE_BEATS);
  }

  /** One probe. Never fails. */
  Future<Void> beat() {
    return ping().recover(why -> Future.succeededFuture());
  }

  /** This replica received its own probe: all that was published before is known here by now. */
  void received(String sentAt) {
    unheard.set(0);
    try {
      long asOf = Math.min(Long.parseLong(sentAt), nanos.getAsLong());
      currentAsOf.accumulateAndGet(asOf, Math::max);
    } catch (NumberFormatException notOurs) {
      // Anybody may publish on the channel; it proves nothing then.
    }
  }

  /** A new subscription begins: nothing is known until it has brought a probe. */
  void deaf() {
    currentAsOf.set(NOT_YET);
  }

  /** Probes that were answered and not received yet; one may be about to be. */
  int unheard() {
    return unheard.get();
  }

  /** Whether all that other replicas did until a moment ago is known here. */
  boolean current() {
    long asOf = currentAsOf.get();
    return asOf != NOT_YET && subscription.up() && nanos.getAsLong() - asOf < leaseNanos;
  }

  /** Whether it makes sense to ask Redis. */
  boolean reachable() {
    return commandLink.up() && unanswered.get() == 0;
  }

  @Override
  public Future<Void> ping() {
    long sentAt = nanos.getAsLong();
    return commands
        .send(Request.cmd(Command.PUBLISH).arg(echo).arg(Long.toString(sentAt)))
        .onSuccess(reply -> answered())
        .onFailure(why -> failed(why, sentAt))
        .mapEmpty();
  }

  @Override
  public boolean available() {
    return reachable() && !refused;
  }

  @Override
  public boolean writable() {
    return available() && writes.refusal() == null;
  }

  @Override
  public boolean subscribed() {
    return current();
  }

  @Override
  public @Nullable String lastError() {
    if (available()) {
      return writes.refusal();
    }
    Throwable why = commandLink.up() ? lastFailure : commandLink.lastError();
    return why == null ? "not connected yet" : RedisErrors.shown(why.getMessage());
  }

  private void answered() {
    unanswered.set(0);
    refused = false;
    if (subscription.up() && unheard.incrementAndGet() > UNHEARD_LIMIT) {
      unheard.set(0);
      subscription.redial(new RedisLink.Ended("this replica does not receive its own messages"));
    }
  }

  /** A time-out that itself comes much too late says that this process was paused, not Redis. */
  private void failed(Throwable why, long sentAt) {
    if (why instanceof StoreUnavailable store && store.failure() != Failure.UNSENT) {
      lastFailure = store.getCause();
      if (store.failure() == Failure.REFUSED) {
        unanswered.set(0);
        refused = true;
      } else if (nanos.getAsLong() - sentAt < pauseNanos) {
        unanswered();
      }
    }
  }

  private void unanswered() {
    if (unanswered.incrementAndGet() >= UNANSWERED_LIMIT) {
      unanswered.set(0);
      commandLink.redial(new RedisLink.Ended("probes were not answered"));
    }
  }
}
