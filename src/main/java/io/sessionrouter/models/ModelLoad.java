package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.PlacementRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A load of a model under way, and the requests that wait for it.
 *
 * <p>It guards its waiters itself, who leave on any thread. How far it is changes as its endpoint's
 * {@link EndpointModels} decides, under the monitor of that endpoint's bookkeeping.
 */
final class ModelLoad implements ModelPlace.Loading {
  private final Model model;
  private final PlacementRequest work;
  private final String variant;
  private final boolean spread;
  private final long beganAt;
  private final Map<Waiter, Long> waiters = new HashMap<>();
  private final Set<Member> tried;
  private final Set<Member> full = new HashSet<>();
  private final String id = UUID.randomUUID().toString();
  private int saidFull;
  private int discards;
  private int staying = Integer.MAX_VALUE;
  private boolean unloaded;
  private @Nullable Member cleared;
  private volatile boolean claimed;
  private volatile @Nullable Member member;

  /**
   * @param work the request that wanted the model first
   * @param spread whether others have it already, and nobody waits
   */
  ModelLoad(Model model, PlacementRequest work, String variant, boolean spread, long beganAt) {
    this.model = model;
    this.work = work;
    this.variant = variant;
    this.spread = spread;
    this.beganAt = beganAt;
    this.tried = new HashSet<>(work.tried());
  }

  /** Names it among the loads of all replicas. */
  String id() {
    return id;
  }

  /** Whether other replicas are told that it is under way. */
  boolean claimed() {
    return claimed;
  }

  void claimed(boolean told) {
    claimed = told;
  }

  @Override
  public void leave(Waiter waiter) {
    synchronized (waiters) {
      waiters.remove(waiter);
    }
  }

  void join(Waiter waiter, long now) {
    synchronized (waiters) {
      waiters.put(waiter, now);
    }
  }

  /** The waiters, and since when they wait; nobody waits after this. */
  Map<Waiter, Long> leaveAll() {
    synchronized (waiters) {
      Map<Waiter, Long> all = Map.copyOf(waiters);
      waiters.clear();
      return all;
    }
  }

  ModelStatus status() {
    return new ModelStatus(model.target(), ModelStatus.State.LOADING, 0, beganAt);
  }

  Model model() {
    return model;
  }

  PlacementRequest work() {
    return work;
  }

  String variant() {
    return variant;
  }

  boolean spread() {
    return spread;
  }

  long beganAt() {
    return beganAt;
  }

  /** The member it is tried on, null before one is chosen. */
  @Nullable Member member() {
    return member;
  }

  void tries(Member chosen) {
    member = chosen;
    tried.add(chosen);
  }

  /** The member said that it has no memory; it may be chosen again, to make room on it. */
  void full(Member said) {
    full.add(said);
    tried.remove(said);
  }

  boolean isFull(Member chosen) {
    return full.contains(chosen);
  }

  /** A model was unloaded there: if it is not enough, the next one goes there too. */
  void hasRoom(Member again) {
    full.remove(again);
    cleared = again;
    unloaded = true;
  }

  /** Where room is being made; null if nowhere, or if no more can be made there. */
  @Nullable Member cleared() {
    return cleared;
  }

  /** Whether others were unloaded for it. */
  boolean unloaded() {
    return unloaded;
  }

  /** No more room can be made, so many models stay. */
  void stuck(int besides) {
    cleared = null;
    staying = Math.min(staying, besides);
  }

  /** Where as many stay as where it did not fit, it is not worth it to unload the others. */
  boolean worthUnloading(int besides) {
    return !unloaded || cleared != null || besides < staying;
  }

  /** It was not tried on its member after all. */
  void untried() {
    Member chosen = member;
    if (chosen != null) {
      tried.remove(chosen);
      member = null;
    }
  }

  /** Counts how often a name was found without a model behind it. */
  int discards() {
    return ++discards;
  }

  /** Counts how often members said that they are full. */
  int saidFull() {
    return ++saidFull;
  }

  boolean hasTried(Member other) {
    return tried.contains(other);
  }

  /** Whether it is of use for a request that must not go to these members. */
  boolean serves(String wanted, Collection<Member> excluded) {
    return variant.equals(wanted) && (member == null || !excluded.contains(member));
  }
}
