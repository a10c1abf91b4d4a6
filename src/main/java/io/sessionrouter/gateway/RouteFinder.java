package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.Exchange.known;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.StateVerdict;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.telemetry.AffinityMeters.Result;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The steps {@code resolve} and {@code place} of an exchange: finds the instance that the request
 * goes to, the session's own and no other for one that is bound, any that may take it for one that
 * is not.
 */
final class RouteFinder implements PlacementAttempt.Finding {
  private final Exchange exchange;
  private final ClientStream client;
  private final PathDependencies services;
  private final Invocation invocation;
  private final Account account;
  private final ConnectRetry reach;
  private @Nullable PlacementAttempt search;
  private @Nullable Session session;
  private @Nullable LoadedModel model;
  private long loadDeadline;

  RouteFinder(
      Exchange exchange,
      ClientStream client,
      PathDependencies services,
      Invocation invocation,
      Account account,
      ConnectRetry reach) {
    this.reach = reach;
    this.exchange = exchange;
    this.client = client;
    this.services = services;
    this.invocation = invocation;
    this.account = account;
  }

  void begin() {
    if (invocation.resumes()) {
      resolve();
    } else {
      place();
    }
  }

  /** Resolve: whose request is it? Redis is asked only if this replica does not know. */
  private void resolve() {
    String id = sessionId();
    SessionLookup known = services.sessions().cached(invocation.endpointName(), id);
    if (known != null) {
      resolved(known, Result.LOCAL_HIT);
    } else {
      account.trace().storeBegins("find");
      exchange.whenStored(
          services
              .sessions()
              .find(invocation.endpointName(), id)
              .onFailure(why -> account.lookedUp(Result.UNAVAILABLE)),
          found -> resolved(found, Result.REDIS_HIT));
    }
  }

  private void resolved(SessionLookup lookup, Result hit) {
    switch (lookup) {
      case Found found -> resume(found.session(), hit);
      case Missing why -> {
        account.missing(why);
        exchange.fail(Errors.missing(why, sessionId()));
      }
    }
  }

  /** Place, for a request that is bound: its session's instance, and no other. */
  private void resume(Session found, Result hit) {
    session = found;
    StateVerdict fate = invocation.endpoint().fate(found);
    if (fate == StateVerdict.LOST) {
      account.lookedUp(Result.INSTANCE_LOST);
      exchange.lose(found);
      return;
    }
    account.lookedUp(hit);
    Member holder = invocation.endpoint().member(found.instance());
    if (holder == null || fate == StateVerdict.UNSURE) {
      exchange.fail(Errors.unreachable(found.id()));
      return;
    }
    String wanted = invocation.variant();
    if (wanted != null && !wanted.equals(found.variant())) {
      exchange.fail(Errors.otherVariant(found));
      return;
    }
    if (invocation.model() != null) {
      if (!found.model().equals(invocation.model())) {
        exchange.fail(Errors.otherModel(found));
        return;
      }
      use(services.models().on(holder, found.model()));
    }
    account.uses(found);
    exchange.open(holder);
  }

  private void use(@Nullable LoadedModel begun) {
    model = begun;
    account.uses(begun);
  }

  /** Place, for a request that is not: any instance that may take it. */
  private void place() {
    if (invocation.opens() && !services.store().writable()) {
      // A session that could not be stored would cost the container its work for nothing.
      exchange.fail(Errors.noStore());
      return;
    }
    search = new PlacementAttempt(services, client.loop(), invocation, this, reach);
    search.next();
  }

  @Override
  public void found(Member chosen, @Nullable LoadedModel begun, Sessions.@Nullable Slot slot) {
    account.reserved(slot);
    use(begun);
    if (exchange.over()) {
      account.releaseSlot();
      account.releaseModel();
    } else {
      if (loadDeadline != 0) {
        client.await(ClientStream.Phase.NONE, 0);
      }
      exchange.open(chosen);
    }
  }

  /** However many loads a request has to wait for, it waits so long in all. */
  @Override
  public void loading() {
    long now = System.nanoTime();
    if (loadDeadline == 0) {
      loadDeadline = now + known(invocation.endpoint().settings().models()).maxWait().toNanos();
    }
    client.await(ClientStream.Phase.LOAD, Math.max(0, loadDeadline - now));
  }

  @Override
  public void none(Throwable why) {
    exchange.fail(Errors.internal(why));
  }

  /** Nothing was sent yet: unbound work tries the next, bound work its own instance again. */
  void unreachable(Member failed) {
    Session bound = session;
    if (bound == null) {
      account.releaseSlot();
      account.releaseModel();
      account.connectsAgain(failed);
      known(search).unreached(failed);
      known(search).next();
    } else if (invocation.endpoint().lost(bound)) {
      exchange.lose(bound);
    } else {
      long pause = reach.pauseMillis();
      if (pause < 0) {
        exchange.fail(Errors.unreachable(bound.id()));
      } else {
        account.connectsAgain(failed);
        client.loop().schedule(() -> again(failed, bound), pause, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void again(Member holder, Session bound) {
    if (exchange.over()) {
      return;
    }
    switch (invocation.endpoint().fate(bound)) {
      case LOST -> exchange.lose(bound);
      case UNSURE -> exchange.fail(Errors.unreachable(bound.id()));
      case HELD, LIKELY -> exchange.open(holder);
    }
  }

  /** Another boot than the session's has answered: that proves its end, or that nobody knows. */
  void answeredByAnother(Session bound, String boot) {
    if (invocation.endpoint().outlived(bound, boot)) {
      exchange.lose(bound);
    } else {
      exchange.fail(Errors.unreachable(bound.id()));
    }
  }

  /** The request is over: nobody waits for a place any more. */
  void cancel() {
    if (search != null) {
      search.cancel();
    }
  }

  /** The session that the request goes on with; null for other requests. */
  @Nullable Session session() {
    return session;
  }

  /** The model it asks for, begun on; null on an endpoint of one model. */
  @Nullable LoadedModel model() {
    return model;
  }

  /** The path on the container; null for the usual one. */
  @Nullable String path() {
    LoadedModel named = model;
    return named == null ? null : named.invokePath();
  }

  private String sessionId() {
    return known(invocation.sessionId());
  }
}
