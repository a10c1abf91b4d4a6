package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Probes Redis end to end: says something on this replica's own channel over the command
 * connection, and listens for it on the subscription.
 *
 * <p>A connection can be dead without a sign: the peer vanished, a fail-over left it behind, a
 * cluster node was cut off. Two unanswered probes in a row, or three that were answered but not
 * heard, and the connection in question is dialled again.
 */
final class Heartbeat implements StoreHealth {
  private static final int UNANSWERED_LIMIT = 2;
  private static final int UNHEARD_LIMIT = 3;

  private final RedisCommands commands;
  private final Link commandLink;
  private final Link subscription;
  private final String echo;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger unheard = new AtomicInteger();
  private volatile @Nullable Throwable lastFailure;

  Heartbeat(RedisCommands commands, Link commandLink, Link subscription, String replica) {
    this.commands = commands;
    this.commandLink = commandLink;
    this.subscription = subscription;
    this.echo = Keys.echo(replica);
  }

  /** One probe. Never fails. */
  Future<Void> beat() {
    return ping().recover(why -> Future.succeededFuture());
  }

  /** This replica heard itself. */
  void heard() {
    unheard.set(0);
  }

  /** Probes that were answered and not heard yet; one may be about to be. */
  int unheard() {
    return unheard.get();
  }

  @Override
  public Future<Void> ping() {
    return commands
        .send(Request.cmd(Command.PUBLISH).arg(echo).arg(""))
        .onSuccess(reply -> answered())
        .onFailure(this::unanswered)
        .mapEmpty();
  }

  @Override
  public boolean available() {
    return commandLink.up() && unanswered.get() == 0;
  }

  @Override
  public boolean subscribed() {
    return subscription.up();
  }

  @Override
  public @Nullable String lastError() {
    if (available()) {
      return null;
    }
    Throwable why = commandLink.up() ? lastFailure : commandLink.lastError();
    return why == null ? "not connected yet" : String.valueOf(why.getMessage());
  }

  private void answered() {
    unanswered.set(0);
    if (subscription.up() && unheard.incrementAndGet() > UNHEARD_LIMIT) {
      unheard.set(0);
      subscription.redial(new Link.Ended("this replica does not hear itself"));
    }
  }

  /** Where nothing was sent, the link knows already. */
  private void unanswered(Throwable why) {
    if (why instanceof StoreUnavailable store && !store.outcomeUnknown()) {
      return;
    }
    lastFailure = why.getCause() == null ? why : why.getCause();
    if (unanswered.incrementAndGet() >= UNANSWERED_LIMIT) {
      unanswered.set(0);
      commandLink.redial(new Link.Ended("probes were not answered"));
    }
  }
}
