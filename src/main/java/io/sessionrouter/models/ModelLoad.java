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
 * A load of a model under way, how far it is, and the requests that wait for it. Thread-safe: who
 * waits leaves on any thread, and others look how far it is while it goes on.
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
  private int timesFull;
  private int discards;
  private int staying = Integer.MAX_VALUE;
  private boolean unloaded;
  private boolean begun;
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

  /** Whether other replicas can see that it is under way. */
  boolean claimed() {
    return claimed;
  }

  void claimed(boolean visible) {
    claimed = visible;
  }

  /** Whether whoever asks is the first, and has to begin it. */
  synchronized boolean begins() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  @Override
  public synchronized void leave(Waiter waiter) {
    waiters.remove(waiter);
  }

  synchronized void join(Waiter waiter, long now) {
    waiters.put(waiter, now);
  }

  /** The waiters, and since when they wait; nobody waits after this. */
  synchronized Map<Waiter, Long> leaveAll() {
    Map<Waiter, Long> all = Map.copyOf(waiters);
    waiters.clear();
    return all;
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

  synchronized void tries(Member chosen) {
    member = chosen;
    tried.add(chosen);
  }

  /**
   * The member has no memory; it may be chosen again, to make room on it.
   *
   * @return how often members were full
   */
  synchronized int full(Member on) {
    full.add(on);
    tried.remove(on);
    return ++timesFull;
  }

  synchronized boolean isFull(Member chosen) {
    return full.contains(chosen);
  }

  /** A model was unloaded there: if it is not enough, the next one goes there too. */
  synchronized void hasRoom(Member again) {
    full.remove(again);
    cleared = again;
    unloaded = true;
  }

  /** Where room is being made; null if nowhere, or if no more can be made there. */
  synchronized @Nullable Member cleared() {
    return cleared;
  }

  /** Whether others were unloaded for it. */
  synchronized boolean unloaded() {
    return unloaded;
  }

  /** No more room can be made, so many models stay. */
  synchronized void stuck(int besides) {
    cleared = null;
    staying = Math.min(staying, besides);
  }

  /** Where as many stay as where it did not fit, it is not worth it to unload the others. */
  synchronized boolean worthUnloading(int besides) {
    return !unloaded || cleared != null || besides < staying;
  }

  /** It was not tried on its member after all. */
  synchronized void untried() {
    Member chosen = member;
    if (chosen != null) {
      tried.remove(chosen);
      member = null;
    }
  }

  /** Counts how often a name was found without a model behind it. */
  synchronized int discards() {
    return ++discards;
  }

  synchronized boolean hasTried(Member other) {
    return tried.contains(other);
  }

  /** Whether it is of use for a request that must not go to these members. */
  synchronized boolean serves(String wanted, Collection<Member> excluded) {
    return variant.equals(wanted) && (member == null || !excluded.contains(member));
  }
}
