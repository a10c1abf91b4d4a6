package io.sessionrouter.gateway;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoop;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.StateVerdict;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.telemetry.AffinityMeters.Result;
import io.vertx.core.AsyncResult;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The steps {@code resolve} and {@code place} of an exchange: finds the instance that the request
 * goes to. A bound request goes to its session's instance and to no other, an unbound one to any
 * that may take it.
 */
final class RouteFinder implements PlacementAttempt.Listener {
  private final RouteSources sources;
  private final EventLoop loop;
  private final Invocation invocation;
  private final RequestRecord record;
  private final Listener listener;
  private @Nullable PlacementAttempt search;
  private @Nullable ConnectRetry retry;
  private long loadDeadline;

  /** Who searches; called on the event loop, perhaps before {@link #find} returns. */
  interface Listener {

    /**
     * Asked after each wait.
     *
     * @return whether the request goes on; if not, it is over
     */
    boolean goesOn();

    /** The route is the listener's to release, even if it is over. */
    void onRoute(Route found);

    /**
     * The search waits for the request's model to be loaded.
     *
     * @param nanos how long it may still take
     */
    void onLoading(long nanos);

    /** The instance is gone that the request's session was bound to. */
    void onLost(Session lost);

    /** No instance can serve the request. */
    void fail(RouterException why);
  }

  RouteFinder(
      RouteSources sources,
      EventLoop loop,
      Invocation invocation,
      RequestRecord record,
      Listener listener) {
    this.sources = sources;
    this.loop = loop;
    this.invocation = invocation;
    this.record = record;
    this.listener = listener;
  }

  void find() {
    if (invocation.resumes()) {
      resolve();
    } else {
      place();
    }
  }

  /** Resolve: whose request is it? Redis is asked only if this replica does not know. */
  private void resolve() {
    SessionLookup cached = sources.sessions().cached(invocation.endpointName(), sessionId());
    if (cached != null) {
      resolved(cached, Result.LOCAL_HIT);
      return;
    }
    record.trace().storeBegins("find");
    sources
        .sessions()
        .find(invocation.endpointName(), sessionId())
        .onComplete(found -> loop.execute(() -> looked(found)));
  }

  private void looked(AsyncResult<SessionLookup> result) {
    record.trace().storeEnded(result.failed());
    if (result.failed()) {
      record.lookedUp(Result.UNAVAILABLE);
    }
    if (!listener.goesOn()) {
      return;
    }
    if (result.failed()) {
      listener.fail(Errors.internal(result.cause()));
    } else {
      resolved(result.result(), Result.REDIS_HIT);
    }
  }

  private void resolved(SessionLookup lookup, Result hit) {
    switch (lookup) {
      case Found found -> resume(found.session(), hit);
      case Missing why -> {
        record.missing(why);
        listener.fail(Errors.missing(why, sessionId()));
      }
    }
  }

  /** Place, for a request that is bound: its session's instance, and no other. */
  private void resume(Session found, Result hit) {
    StateVerdict verdict = invocation.endpoint().verdict(found);
    if (verdict == StateVerdict.LOST) {
      record.lookedUp(Result.INSTANCE_LOST);
      listener.onLost(found);
      return;
    }
    record.lookedUp(hit);
    Member holder = invocation.endpoint().member(found.instance());
    RouterException mismatch = mismatch(found);
    if (holder == null || verdict == StateVerdict.UNSURE) {
      listener.fail(Errors.unreachable(found.id()));
    } else if (mismatch != null) {
      listener.fail(mismatch);
    } else {
      listener.onRoute(new Route(found, holder, model(holder), null));
    }
  }

  /** Why the session cannot serve what the request names; null if it can. */
  private @Nullable RouterException mismatch(Session found) {
    String variant = invocation.variant();
    if (variant != null && !variant.equals(found.variant())) {
      return Errors.otherVariant(found);
    }
    String model = invocation.model();
    return model != null && !model.equals(found.model()) ? Errors.otherModel(found) : null;
  }

  private @Nullable LoadedModel model(Member holder) {
    String model = invocation.model();
    return model == null ? null : sources.models().on(invocation.endpoint(), holder, model);
  }

  /** Place, for a request that is not: any instance that may take it. */
  private void place() {
    if (invocation.opens() && !sources.store().writable()) {
      // A session that could not be stored would cost the container its work for nothing.
      listener.fail(Errors.noStore());
      return;
    }
    search = new PlacementAttempt(sources, loop, invocation, this);
    search.next();
  }

  @Override
  public boolean goesOn() {
    return listener.goesOn();
  }

  @Override
  public void found(Member chosen, @Nullable LoadedModel begun, Sessions.@Nullable Slot slot) {
    listener.onRoute(new Route(null, chosen, begun, slot));
  }

  /** However many loads a request has to wait for, it waits so long in all. */
  @Override
  public void loading() {
    long now = System.nanoTime();
    if (loadDeadline == 0) {
      loadDeadline =
          now + requireNonNull(invocation.endpoint().settings().models()).maxWait().toNanos();
    }
    listener.onLoading(Math.max(0, loadDeadline - now));
  }

  @Override
  public void none(Throwable why) {
    listener.fail(Errors.internal(why));
  }

  /** The clock of a request's connects; it starts with the first of them. */
  ConnectRetry connects() {
    ConnectRetry present = retry;
    if (present == null) {
      present = new ConnectRetry(invocation.timeouts().reach());
      retry = present;
    }
    return present;
  }

  /**
   * No connection came about and nothing was sent: an unbound request tries the next instance, a
   * bound one its own again.
   */
  void findAgain(Route failed) {
    Session bound = failed.session();
    if (bound == null) {
      record.connectsAgain(failed.member());
      requireNonNull(search).unreached(failed.member(), connects());
      requireNonNull(search).next();
    } else if (invocation.endpoint().lost(bound)) {
      listener.onLost(bound);
    } else {
      long pause = connects().pauseMillis();
      if (pause < 0) {
        listener.fail(Errors.unreachable(bound.id()));
      } else {
        record.connectsAgain(failed.member());
        loop.schedule(() -> again(failed, bound), pause, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void again(Route failed, Session bound) {
    if (!listener.goesOn()) {
      return;
    }
    switch (invocation.endpoint().verdict(bound)) {
      case LOST -> listener.onLost(bound);
      case UNSURE -> listener.fail(Errors.unreachable(bound.id()));
      case HELD, LIKELY -> listener.onRoute(failed);
    }
  }

  /** The request is over: it waits for no place any more. */
  void cancel() {
    if (search != null) {
      search.cancel();
    }
  }

  private String sessionId() {
    return requireNonNull(invocation.sessionId());
  }
}
