package io.sessionrouter.models;

import io.sessionrouter.container.Model;
import io.sessionrouter.container.ModelApi;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which member of an endpoint has which model, as far as this replica knows.
 *
 * <p>Who has a model is read without a lock. Everything else changes under this object's monitor,
 * which is held for moments only, never while a container is asked.
 */
final class ModelDirectory {
  private final String prefix;
  private final InstantSource clock;
  private final Map<String, List<LoadedModel>> holders = new ConcurrentHashMap<>();
  private final Map<Member, MemberModels> members = new HashMap<>();

  /**
   * @param prefix where the endpoint's models lie
   */
  ModelDirectory(String prefix, InstantSource clock) {
    this.prefix = prefix;
    this.clock = clock;
  }

  Model model(String target) {
    return Model.of(prefix, target);
  }

  /** Those that have the model; cheap, immutable. */
  List<LoadedModel> holders(String target) {
    return holders.getOrDefault(target, List.of());
  }

  /** To be used under the monitor only. */
  MemberModels of(Member member) {
    return members.computeIfAbsent(member, MemberModels::new);
  }

  /** The member has the model. */
  synchronized LoadedModel hold(Member member, Model model) {
    MemberModels there = of(member);
    LoadedModel known = there.get(model.target());
    if (known != null && known.open()) {
      return known;
    }
    LoadedModel held = new LoadedModel(model, member, clock);
    there.add(held);
    publish(held);
    return held;
  }

  private void publish(LoadedModel held) {
    holders.merge(
        held.target(),
        List.of(held),
        (before, more) -> {
          List<LoadedModel> all = new ArrayList<>(before);
          all.removeIf(other -> other.member() == held.member());
          all.add(held);
          return List.copyOf(all);
        });
  }

  private void unpublish(LoadedModel gone) {
    holders.computeIfPresent(
        gone.target(),
        (target, all) -> {
          List<LoadedModel> rest = all.stream().filter(other -> other != gone).toList();
          return rest.isEmpty() ? null : rest;
        });
  }

  /** The member has the model no more. */
  synchronized void forget(LoadedModel model) {
    MemberModels there = of(model.member());
    if (there.get(model.target()) == model) {
      there.remove(model);
      unpublish(model);
    }
  }

  /** The model is about to be unloaded; no request can begin on it. */
  synchronized void leaves(LoadedModel model) {
    of(model.member()).leaves(model);
    unpublish(model);
  }

  synchronized void left(LoadedModel model) {
    of(model.member()).left(model);
  }

  /** The container kept it. */
  synchronized void stays(LoadedModel model) {
    MemberModels there = of(model.member());
    there.left(model);
    model.reopen();
    there.add(model);
    publish(model);
  }

  /** What the member has may have changed without our seeing it. */
  synchronized void doubt(Member member) {
    of(member).doubt();
  }

  Future<Boolean> afterUnloading(Member member, Supplier<Future<Boolean>> next) {
    Promise<Boolean> promise = Promise.promise();
    Future<Boolean> before;
    synchronized (this) {
      before = of(member).unloadingBegins(promise.future());
    }
    before.transform(whatever -> next.get()).onComplete(promise);
    return promise.future();
  }

  /** Its models that are not in use here, the least used first; from now on their use is seen. */
  synchronized List<LoadedModel> watchIdle(Member member, long unusedSince) {
    List<LoadedModel> idle = of(member).idleSince(unusedSince);
    idle.forEach(LoadedModel::watch);
    return idle;
  }

  /** The targets of the models that take memory on the member. */
  synchronized Set<String> targets(Member member) {
    return of(member).targets();
  }

  /** Whether nothing else than the model is on the member, as far as is known. */
  synchronized boolean isAlone(Member member, String target) {
    MemberModels there = of(member);
    return there.empty() && Set.of(target).containsAll(there.targets());
  }

  // Room, of which a load keeps account

  synchronized boolean worthUnloading(ModelLoad load, int staying) {
    return load.worthUnloading(staying);
  }

  synchronized void stuck(ModelLoad load, int staying) {
    load.stuck(staying);
  }

  // Listings

  synchronized boolean due(Member member, long now, long interval) {
    return of(member).due(now, interval);
  }

  synchronized boolean listed(Member member) {
    return of(member).listed();
  }

  synchronized long changes(Member member) {
    return of(member).changes();
  }

  /**
   * A listing begins unless one is under way.
   *
   * @return the one under way, or null
   */
  synchronized @Nullable Future<Void> listingBegins(Member member, Future<Void> begun) {
    MemberModels there = of(member);
    Future<Void> running = there.listing();
    if (running == null) {
      there.listing(begun);
    }
    return running;
  }

  /** Those listed that are ours and not known to serve. */
  synchronized List<Model> unproven(Member member, List<ModelApi.Listed> list) {
    MemberModels there = of(member);
    List<Model> unproven = new ArrayList<>();
    for (ModelApi.Listed listed : list) {
      Model model = ours(there, listed);
      if (model != null
          && there.get(model.target()) == null
          && !there.isLeaving(model.name())
          && !there.isComing(model.name())
          && !there.isProven(model.name())) {
        unproven.add(model);
      }
    }
    return unproven;
  }

  /** These models serve. */
  synchronized void proves(Member member, Collection<String> names) {
    of(member).proves(names);
  }

  /**
   * A listing has ended.
   *
   * @param changes our own when it began: if there were more since, it may be older than they
   * @param list null if it failed
   * @return whether it failed, and the one before did not
   */
  synchronized boolean listingEnds(
      Member member, long now, long changes, @Nullable List<ModelApi.Listed> list) {
    MemberModels there = of(member);
    boolean current = there.changes() == changes;
    boolean firstFailure = there.listingEnded(now, list == null, list != null && current);
    if (list != null && current) {
      told(there, list);
    }
    return firstFailure;
  }

  /** A container told what it has. */
  private void told(MemberModels there, List<ModelApi.Listed> list) {
    Set<String> present = new HashSet<>();
    int others = 0;
    for (ModelApi.Listed listed : list) {
      Model model = ours(there, listed);
      if (model == null) {
        others++;
      } else if (!there.isLeaving(model.name()) && !there.isComing(model.name())) {
        if (there.get(model.target()) != null || there.isProven(model.name())) {
          present.add(model.target());
          hold(there.member(), model);
        } else {
          others++;
        }
      }
    }
    List.copyOf(there.loaded()).stream()
        .filter(model -> !present.contains(model.target()))
        .forEach(this::forget);
    there.others(others);
    there.lists(list.stream().map(ModelApi.Listed::name).toList());
  }

  /** Of two routers' endpoints that share a container each sees its own models only. */
  private @Nullable Model ours(MemberModels there, ModelApi.Listed listed) {
    String url = listed.url();
    if (url == null || !url.startsWith(prefix + "/")) {
      return null;
    }
    String target = url.substring(prefix.length() + 1);
    LoadedModel known = there.get(target);
    Model model = known == null ? model(target) : known.model();
    return model.name().equals(listed.name()) ? model : null;
  }

  /** A container that began anew has no models. */
  synchronized void beginAnewIfNeeded(Member member) {
    MemberModels there = of(member);
    if (there.beganAnew()) {
      clear(there);
    }
  }

  private void clear(MemberModels there) {
    List.copyOf(there.loaded()).forEach(this::forget);
    there.reset();
  }

  synchronized void retain(Collection<Member> present) {
    for (Member left : List.copyOf(members.keySet())) {
      if (!present.contains(left)) {
        clear(of(left));
        members.remove(left);
      }
    }
  }

  // For people

  synchronized List<ModelStatus> on(Member member) {
    MemberModels there = members.get(member);
    List<ModelStatus> all = new ArrayList<>();
    if (there != null) {
      there.loaded().forEach(model -> all.add(ModelStatus.of(model)));
      there.loads().forEach(load -> all.add(ModelStatus.of(load)));
      all.sort(Comparator.comparing(ModelStatus::name));
    }
    return all;
  }

  synchronized int count(String variant) {
    return members.values().stream()
        .filter(there -> there.member().instance().variant().equals(variant))
        .mapToInt(there -> there.loaded().size())
        .sum();
  }
}
