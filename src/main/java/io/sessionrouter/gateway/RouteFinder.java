package io.sessionrouter.gateway;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoop;
import io.sessionrouter.auth.quota.Throttled;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.StateVerdict;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.Sessions.OwnerSlot;
import io.sessionrouter.telemetry.AffinityMeters.Result;
import io.vertx.core.AsyncResult;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
  private boolean ownerReserved;

  /** Who searches; called on the event loop, perhaps before {@link #find} returns. */
  interface Listener {

    /**
     * Asked after each wait.
     *
     * @return whether the request goes on; if not, it is over
     */
    boolean goesOn();

    /** False until the request is verified, which must have no effect before. */
    boolean mayAct();

    /** A place for the session that is to open, the listener's to release, even if it is over. */
    void onSlot(OwnerSlot slot);

    /** The route is the listener's to release, even if it is over. */
    void onRoute(Route found);

    /**
     * The search waits for the request's model to be loaded.
     *
     * @param nanos how long it may still take
     */
    void onLoading(long nanos);

    /** The request's model would have to be loaded, which an unverified request cannot cause. */
    void onUnloaded();

    /** The instance is gone that the request's session was bound to. */
    void onLost(Session lost);

    /** No instance can serve the request. */
    void onNoRoute(RouterException why);
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
    SessionLookup cached =
        sources.sessions().cached(invocation.endpointName(), sessionId(), invocation.asker());
    if (cached != null) {
      resolved(cached, Result.LOCAL_HIT);
      return;
    }
    record.trace().storeBegins("find");
    sources
        .sessions()
        .find(invocation.endpointName(), sessionId(), invocation.asker())
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
      listener.onNoRoute(Errors.internal(result.cause()));
    } else {
      resolved(result.result(), Result.REDIS_HIT);
    }
  }

  private void resolved(SessionLookup lookup, Result hit) {
    switch (lookup) {
      case Found found -> resume(found.session(), hit);
      case Missing why -> {
        record.missing(why);
        listener.onNoRoute(Errors.missing(why, sessionId()));
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
      listener.onNoRoute(Errors.unreachable(found.id()));
    } else if (mismatch != null) {
      listener.onNoRoute(mismatch);
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
      listener.onNoRoute(Errors.noStore());
      return;
    }
    Long most = invocation.quota().sessions();
    if (invocation.opens() && most != null && listener.mayAct()) {
      reserve(most, this::search);
    } else {
      search();
    }
  }

  /** The caller's own place comes first: without it no instance has to be found. */
  private void reserve(long most, Runnable then) {
    ownerReserved = true;
    sources
        .sessions()
        .reserveFor(invocation.endpointName(), invocation.asker().owner(), most)
        .onComplete(slot -> loop.execute(() -> reserved(slot, then)));
  }

  private void reserved(AsyncResult<OwnerSlot> taken, Runnable then) {
    OwnerSlot slot = taken.result();
    if (slot != null) {
      listener.onSlot(slot);
    }
    if (!listener.goesOn()) {
      return;
    }
    if (taken.failed()) {
      listener.onNoRoute(Errors.internal(taken.cause()));
    } else if (slot == null) {
      listener.onNoRoute(Throttled.sessions(invocation.endpointName()));
    } else {
      then.run();
    }
  }

  private void search() {
    search = new PlacementAttempt(sources, loop, invocation, this);
    search.next();
  }

  @Override
  public boolean goesOn() {
    return listener.goesOn();
  }

  @Override
  public boolean mayAct() {
    return listener.mayAct();
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
  public void unloaded() {
    listener.onUnloaded();
  }

  /**
   * Takes what an unverified request was placed without: a place of its caller, and one of its
   * instance.
   *
   * @param found null while the search goes on, which then takes the instance's place itself
   * @param then is given the instance's slot, null if none is needed
   */
  void takeSlots(@Nullable Route found, Consumer<Sessions.@Nullable Slot> then) {
    Long most = invocation.quota().sessions();
    if (most == null || !invocation.opens() || ownerReserved) {
      takeSlot(found, then);
    } else {
      reserve(most, () -> takeSlot(found, then));
    }
  }

  private void takeSlot(@Nullable Route found, Consumer<Sessions.@Nullable Slot> then) {
    Integer max = invocation.endpoint().settings().sessions().maxPerInstance();
    if (max == null || !invocation.opens() || found == null || found.slot() != null) {
      then.accept(null);
      return;
    }
    sources
        .sessions()
        .reserve(invocation.endpointName(), found.member().instance().id(), max)
        .onComplete(slot -> loop.execute(() -> slotTaken(slot, then)));
  }

  private void slotTaken(AsyncResult<Sessions.Slot> taken, Consumer<Sessions.@Nullable Slot> then) {
    Sessions.@Nullable Slot slot = taken.result();
    if (slot != null) {
      then.accept(slot);
    } else if (listener.goesOn()) {
      listener.onNoRoute(
          taken.failed()
              ? Errors.internal(taken.cause())
              : Errors.noSlot(invocation.endpointName()));
    }
  }

  @Override
  public void none(Throwable why) {
    listener.onNoRoute(Errors.internal(why));
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
        listener.onNoRoute(Errors.unreachable(bound.id()));
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
      case UNSURE -> listener.onNoRoute(Errors.unreachable(bound.id()));
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
