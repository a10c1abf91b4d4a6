package io.sessionrouter.models;

import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the models on one member: those it has, those on their way in and out, and
 * whether it has room.
 *
 * <p>Used under the monitor of its endpoint's {@link ModelDirectory} only.
 */
final class MemberModels {
  private static final int NEVER_FULL = Integer.MAX_VALUE;

  private final Member member;
  private final Map<String, LoadedModel> loaded = new HashMap<>();
  private final Set<ModelLoad> loads = new HashSet<>();
  private final Set<String> leaving = new HashSet<>();
  private final Set<String> proven = new HashSet<>();
  private int others;
  private String bootId;
  private int fullAt = NEVER_FULL;
  private long changes;
  private boolean listed;
  private boolean listingFailed;
  private long listedAt;
  private @Nullable Future<Void> listing;
  private Future<Boolean> unloading = Future.succeededFuture(false);

  MemberModels(Member member) {
    this.member = member;
    this.bootId = member.health().bootId();
  }

  Member member() {
    return member;
  }

  Collection<LoadedModel> loaded() {
    return loaded.values();
  }

  @Nullable LoadedModel get(String target) {
    return loaded.get(target);
  }

  void add(LoadedModel model) {
    changes++;
    loaded.put(model.target(), model);
    if (loaded.size() > fullAt) {
      fullAt = NEVER_FULL;
    }
  }

  void remove(LoadedModel model) {
    proven.remove(model.model().name());
    if (loaded.remove(model.target(), model)) {
      changes++;
    }
  }

  /** The model is being unloaded: what a listing says of it is not to be believed. */
  void leaves(LoadedModel model) {
    remove(model);
    leaving.add(model.model().name());
  }

  void left(LoadedModel model) {
    changes++;
    proven.remove(model.model().name());
    leaving.remove(model.model().name());
  }

  boolean isLeaving(String name) {
    return leaving.contains(name);
  }

  /**
   * Whether it is being loaded or unloaded by this router: until that has ended, what a list says
   * of it is not to be believed.
   */
  boolean isMoving(String name) {
    return isLeaving(name) || isComing(name);
  }

  private boolean isComing(String name) {
    for (ModelLoad load : loads) {
      if (load.model().name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The member said of each of these models that it serves. */
  void proves(Collection<String> names) {
    proven.addAll(names);
  }

  /** These are all names that it lists: what is not there any more has to be proved anew. */
  void lists(Collection<String> names) {
    proven.retainAll(names);
  }

  boolean isProven(String name) {
    return proven.contains(name);
  }

  /** So many names were listed that are no models of ours that serve. */
  void others(int listed) {
    others = listed;
  }

  /** The targets of all models of ours that take memory there. */
  Set<String> targets() {
    Set<String> all = new HashSet<>(loaded.keySet());
    loads.forEach(load -> all.add(load.model().target()));
    return all;
  }

  /** Whether nothing of anybody is there, as far as is known. */
  boolean empty() {
    return listed && others == 0 && loaded.isEmpty() && leaving.isEmpty();
  }

  Set<ModelLoad> loads() {
    return loads;
  }

  /**
   * It said that it has no memory for one more; where it is empty, that applies to the one only.
   */
  void full() {
    if (!loaded.isEmpty()) {
      fullAt = loaded.size();
    }
  }

  /** Whether there may be memory for one more: it never said no at so many models. */
  boolean hasRoom() {
    return loaded.size() + loads.size() < fullAt;
  }

  /** Models without a request of this replica since the given time, the least used first. */
  List<LoadedModel> idleSince(long millis) {
    List<LoadedModel> idle = new ArrayList<>();
    for (LoadedModel model : loaded.values()) {
      if (model.idle() && model.usedAt() <= millis) {
        idle.add(model);
      }
    }
    idle.sort(Comparator.comparingLong(LoadedModel::neededAt));
    return idle;
  }

  /** When the model that it needs least was needed; never if all are in use. */
  long oldestNeed() {
    return loaded.values().stream()
        .filter(LoadedModel::idle)
        .mapToLong(LoadedModel::neededAt)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** A process that began anew has no models. */
  boolean beganAnew() {
    Health health = member.health();
    boolean restarted = !bootId.isEmpty() && !bootId.equals(health.bootId());
    bootId = health.bootId();
    return restarted || health.state() == Health.State.GONE;
  }

  void reset() {
    changes++;
    proven.clear();
    others = 0;
    loaded.clear();
    fullAt = NEVER_FULL;
    listed = false;
  }

  /** Counts own changes, to know whether a listing is older than they. */
  long changes() {
    return changes;
  }

  /** Whether it was asked what it has, since it began. */
  boolean listed() {
    return listed;
  }

  /** What it has may have changed without our seeing it. */
  void doubt() {
    listed = false;
  }

  boolean due(long now, long interval) {
    boolean hurry = !listed && !listingFailed;
    return listing == null && (hurry || now - listedAt >= interval);
  }

  @Nullable Future<Void> listing() {
    return listing;
  }

  void listing(Future<Void> begun) {
    listing = begun;
  }

  /**
   * Notes how a listing ended.
   *
   * @param believed whether it is known now what the member has
   * @return whether it failed, and the one before did not
   */
  boolean listingEnded(long now, boolean failed, boolean believed) {
    boolean firstFailure = failed && !listingFailed;
    listing = null;
    listedAt = now;
    listingFailed = failed;
    listed = believed || (listed && failed);
    return firstFailure;
  }

  /**
   * The unloading before, to be waited for: one at a time, so that two loads do not unload more
   * than they need.
   */
  Future<Boolean> unloadingBegins(Future<Boolean> next) {
    Future<Boolean> before = unloading;
    unloading = next;
    return before;
  }
}
