package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model on a member that has it: where its requests go, and how many this replica has under way.
 *
 * <p>Whoever is handed one has begun a request on it and must {@link #end} it. So a model that was
 * handed out is not unloaded by this replica.
 */
public final class LoadedModel implements ModelPlace {
  private static final int CLOSED = Integer.MIN_VALUE;
  private static final long ASKED_MILLIS = 1000;

  private final Model model;
  private final Member member;
  private final InstantSource clock;
  private final String invokePath;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile long usedAt;
  private volatile long keptAt;
  private volatile boolean touched;
  private @Nullable Asked asked;

  /**
   * Whether it is gone, as its container answered.
   *
   * @param at when it was asked
   */
  private record Asked(long at, Future<Boolean> gone) {}

  LoadedModel(Model model, Member member, InstantSource clock) {
    this.model = model;
    this.member = member;
    this.clock = clock;
    this.invokePath = model.invokePath();
    this.usedAt = clock.millis();
  }

  /** The member that has the model. */
  public Member member() {
    return member;
  }

  public Instance instance() {
    return member.instance();
  }

  /** The name clients know it by. */
  public String target() {
    return model.target();
  }

  /** Where its requests go on the container. */
  public String invokePath() {
    return invokePath;
  }

  /** Below it are OpenAI's paths. */
  public String path() {
    return model.path();
  }

  /** A request that was begun is over. */
  public void end() {
    usedAt = clock.millis();
    inFlight.decrementAndGet();
  }

  /**
   * Counts one more request.
   *
   * @return false if it is being unloaded
   */
  boolean begin() {
    int before = inFlight.get();
    while (before >= 0 && !inFlight.compareAndSet(before, before + 1)) {
      before = inFlight.get();
    }
    if (before < 0) {
      return false;
    }
    touched = true;
    usedAt = clock.millis();
    return true;
  }

  Model model() {
    return model;
  }

  int inFlight() {
    return Math.max(0, inFlight.get());
  }

  boolean open() {
    return inFlight.get() >= 0;
  }

  boolean idle() {
    return inFlight.get() == 0;
  }

  /** When a request of it last began or ended here, or when it was first seen; epoch millis. */
  long usedAt() {
    return usedAt;
  }

  /** When it was last used, or kept for its sessions; epoch millis. */
  long neededAt() {
    return Math.max(usedAt, keptAt);
  }

  /**
   * It has a session, so it counts as needed now. Else a session that lies idle would make its
   * member the one to load everything on: nothing there seems unused for longer.
   */
  void kept() {
    keptAt = clock.millis();
  }

  ModelStatus status() {
    return new ModelStatus(target(), ModelStatus.State.LOADED, inFlight(), usedAt);
  }

  /** From now on {@link #closeUntouched} reports whether a request came meanwhile. */
  void watch() {
    touched = false;
  }

  /** Lets no request begin any more, unless one is under way or came since {@link #watch}. */
  boolean closeUntouched() {
    if (!inFlight.compareAndSet(0, CLOSED)) {
      return false;
    }
    if (touched) {
      reopen();
      return false;
    }
    return true;
  }

  /** Many of its requests may fail at once: its container is asked for the reason once a second. */
  synchronized Future<Boolean> askedOnce(long now, Supplier<Future<Boolean>> ask) {
    Asked last = asked;
    if (last == null || now - last.at >= ASKED_MILLIS) {
      last = new Asked(now, ask.get());
      asked = last;
    }
    return last.gone;
  }

  /** It stays loaded after all. */
  void reopen() {
    usedAt = clock.millis();
    inFlight.set(0);
  }
}
