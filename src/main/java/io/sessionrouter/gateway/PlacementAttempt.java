package io.sessionrouter.gateway;

import io.netty.channel.EventLoop;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.models.LoadRefusal;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.models.ModelPlace;
import io.sessionrouter.session.Sessions;
import io.vertx.core.AsyncResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The search for an instance that takes work bound to none: tries one after the other, each once,
 * and takes a slot on it if their number is limited.
 */
final class PlacementAttempt implements ModelPlace.Waiter {
  private final RouteSources sources;
  private final EventLoop loop;
  private final Invocation invocation;
  private final Listener listener;
  private List<Member> tried = List.of();
  private List<Member> unreached = List.of();
  private @Nullable ConnectRetry retry;
  private boolean slotsTaken;
  private ModelPlace.@Nullable Loading awaited;

  /** Who searches; called on the event loop, perhaps before {@link #next} returns. */
  interface Listener {

    /** Asked after each wait: whether the result is still wanted. */
    boolean goesOn();

    /** False until the request is verified: nothing is reserved for it, or loaded. */
    boolean mayAct();

    /**
     * A member takes the request.
     *
     * @param model with a request begun on it, which the callee ends; null if none was named
     * @param slot released by the callee, null if slots are not limited
     */
    void found(Member member, @Nullable LoadedModel model, Sessions.@Nullable Slot slot);

    /** The model is not loaded; the search goes on when it is. */
    void loading();

    /** The model is not loaded, and may not be before the request is verified. */
    void unloaded();

    /** No instance is left. */
    void none(Throwable why);
  }

  PlacementAttempt(RouteSources sources, EventLoop loop, Invocation invocation, Listener listener) {
    this.sources = sources;
    this.loop = loop;
    this.invocation = invocation;
    this.listener = listener;
  }

  /** Goes on, without those that failed. */
  void next() {
    Invocation in = invocation;
    String model = in.model();
    if (model != null) {
      next(model);
      return;
    }
    Member chosen =
        sources.placement().place(in.endpoint(), in.variant(), in.opens(), tried, in.prefix());
    if (chosen == null) {
      none(sources.placement().refusal(in.endpoint(), in.variant(), in.opens()));
    } else {
      take(chosen, null);
    }
  }

  private void next(String model) {
    if (!listener.mayAct()) {
      nextLoaded(model);
      return;
    }
    switch (find(model)) {
      case LoadedModel there -> take(there.member(), there);
      case ModelPlace.Loading load -> {
        awaited = load;
        listener.loading();
      }
      case ModelPlace.Nowhere nowhere -> none(nowhere.why());
    }
  }

  private void nextLoaded(String model) {
    Invocation in = invocation;
    LoadedModel there =
        sources.models().loaded(in.endpoint(), in.variant(), in.opens(), tried, in.prefix(), model);
    if (there == null) {
      listener.unloaded();
    } else {
      take(there.member(), there);
    }
  }

  private ModelPlace find(String model) {
    Invocation in = invocation;
    return sources
        .models()
        .find(in.endpoint(), in.variant(), in.opens(), tried, in.prefix(), model, this);
  }

  /** Nobody wants the result any more. */
  void cancel() {
    if (awaited != null) {
      awaited.leave(this);
    }
  }

  @Override
  public void loaded(LoadedModel model) {
    loop.execute(() -> arrived(model));
  }

  private void arrived(LoadedModel model) {
    awaited = null;
    if (!listener.goesOn()) {
      model.end();
    } else if (tried.contains(model.member())) {
      model.end();
      next();
    } else {
      take(model.member(), model);
    }
  }

  @Override
  public void failed(RouterException why) {
    loop.execute(
        () -> {
          awaited = null;
          if (listener.goesOn()) {
            none(why);
          }
        });
  }

  /** Those that could not be reached may be by now. */
  private void none(RouterException why) {
    long pause = retry == null || unreached.isEmpty() ? -1 : retry.pauseMillis();
    if (pause >= 0) {
      tried.removeAll(unreached);
      unreached.clear();
      loop.schedule(this::again, pause, TimeUnit.MILLISECONDS);
      return;
    }
    listener.none(
        slotsTaken
            ? Errors.noSlot(invocation.endpointName())
            : why instanceof LoadRefusal refusal ? ModelError.notLoaded(refusal) : why);
  }

  private void again() {
    if (listener.goesOn()) {
      next();
    }
  }

  private void take(Member chosen, @Nullable LoadedModel model) {
    Integer max = invocation.endpoint().settings().sessions().maxPerInstance();
    if (invocation.opens() && max != null && listener.mayAct()) {
      reserve(chosen, model, max);
    } else {
      listener.found(chosen, model, null);
    }
  }

  /** The member is of no use for this request. */
  void failed(Member member) {
    if (tried.isEmpty()) {
      tried = new ArrayList<>(2);
    }
    tried.add(member);
  }

  /** No connection to the member came about. */
  void unreached(Member member, ConnectRetry clock) {
    retry = clock;
    failed(member);
    if (unreached.isEmpty()) {
      unreached = new ArrayList<>(2);
    }
    unreached.add(member);
  }

  private void reserve(Member chosen, @Nullable LoadedModel model, int max) {
    sources
        .sessions()
        .reserve(invocation.endpointName(), chosen.instance().id(), max)
        .onComplete(slot -> loop.execute(() -> reserved(chosen, model, slot)));
  }

  private void reserved(
      Member chosen, @Nullable LoadedModel model, AsyncResult<Sessions.Slot> taken) {
    Sessions.@Nullable Slot slot = taken.result();
    boolean goesOn = listener.goesOn();
    if (slot != null) {
      listener.found(chosen, model, slot);
      return;
    }
    if (model != null) {
      model.end();
    }
    if (taken.failed()) {
      listener.none(taken.cause());
    } else if (goesOn) {
      slotsTaken = true;
      failed(chosen);
      next();
    }
  }
}
